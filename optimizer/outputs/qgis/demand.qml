<!-- Colour by minutes, in classes; the area of a dot grows with its persons. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="0">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule key="class" label="{class}" filter="{within}" symbol="dot"/>
  </rules>
  <symbols>
   <symbol name="dot" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleMarker" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="name" value="circle" type="QString"/>
      <Option name="color" value="{colour},255" type="QString"/>
      <Option name="outline_color" value="{ink},255" type="QString"/>
      <Option name="outline_width" value="0.35" type="QString"/>
      <Option name="outline_width_unit" value="MM" type="QString"/>
      <Option name="size" value="2" type="QString"/>
      <Option name="size_unit" value="MM" type="QString"/>
      <Option name="joinstyle" value="round" type="QString"/>
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString"/>
       <Option name="type" value="collection" type="QString"/>
       <Option name="properties" type="Map">
        <Option name="size" type="Map">
         <Option name="active" value="true" type="bool"/>
         <Option name="expression" value='coalesce(scale_exp("persons", 0, {most}, 1, 7, 0.5), 1)' type="QString"/>
         <Option name="type" value="3" type="int"/>
        </Option>
       </Option>
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
</qgis>
