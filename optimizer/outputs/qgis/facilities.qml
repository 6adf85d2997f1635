<!-- Shape and colour by service, fill by status; those of one site stand side by side. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule key="facility" label="{service}: {status}" filter='"service" = {service_id} AND "status" = {status_id}' symbol="facility"/>
  </rules>
  <symbols>
   <symbol name="facility" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleMarker" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="name" value="{shape}" type="QString"/>
      <Option name="color" value="{fill},255" type="QString"/>
      <Option name="outline_color" value="{outline},255" type="QString"/>
      <Option name="outline_width" value="0.35" type="QString"/>
      <Option name="outline_width_unit" value="MM" type="QString"/>
      <Option name="size" value="{size}" type="QString"/>
      <Option name="size_unit" value="MM" type="QString"/>
      <Option name="joinstyle" value="round" type="QString"/>
     </Option>
     <data_defined_properties>
      <Option type="Map">
       <Option name="name" value="" type="QString"/>
       <Option name="type" value="collection" type="QString"/>
       <Option name="properties" type="Map">
        <Option name="offset" type="Map">
         <Option name="active" value="true" type="bool"/>
         <Option name="expression" value="if(count(1, group_by:={together}) &gt; 1, {offset}, '0,0')" type="QString"/>
         <Option name="type" value="3" type="int"/>
        </Option>
       </Option>
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings>
   <text-style fieldName='CASE WHEN {drawn}"id" = minimum("id", group_by:={together}) THEN {name} END' isExpression="1" fontSize="7" fontSizeUnit="Point" fontWeight="50" textColor="{ink},255">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{paper},255"/>
   </text-style>
   <!-- 6: round the point, as cartographers prefer. -->
   <placement placement="6" priority="4" dist="1" distUnits="MM" offsetType="1" quadOffset="4" centroidInside="1"/>
   <rendering scaleVisibility="0" obstacle="1" displayAll="0"/>
  </settings>
 </labeling>
</qgis>
