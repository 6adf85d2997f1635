<!-- Built ones wide, candidates dashed; what a control line removed is dotted. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="0">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule label="{built}" filter="&quot;status&quot; = 'built'" symbol="corridor" colour="{corridor}" width="1.2" line_style="solid"/>
   <rule label="{candidate}" filter="&quot;status&quot; = 'candidate'" symbol="corridor" colour="{corridor}" width="0.5" line_style="dash"/>
   <rule label="{removed by a control line}" filter="&quot;status&quot; = 'rejected'" symbol="corridor" colour="{removed}" width="0.5" line_style="dot"/>
  </rules>
  <symbols>
   <symbol name="corridor" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" value="{colour},255" type="QString"/>
      <Option name="line_width" value="{width}" type="QString"/>
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
