<!-- Thin lines in the colour of the service; levels above the first are dashed. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="0">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule key="level" label="{level}" filter='"level" = {level_id}' symbol="trip"/>
  </rules>
  <symbols>
   <symbol name="trip" type="line" alpha="0.45" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" value="{colour},255" type="QString"/>
      <Option name="line_width" value="0.25" type="QString"/>
      <Option name="line_width_unit" value="MM" type="QString"/>
      <Option name="line_style" value="{line_style}" type="QString"/>
      <Option name="capstyle" value="round" type="QString"/>
     </Option>
     <data_defined_properties>
      <Option type="Map"><Option name="name" value="" type="QString"/><Option name="type" value="collection" type="QString"/><Option name="properties" type="Map"/></Option>
     </data_defined_properties>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
</qgis>
