<!-- Colour by how they fare, in classes, at one tier; other tiers only as outlines. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule label="{tier}" filter='"tier" = {tier_id}'>
    <rule key="class" label="{class}" filter="{within}" symbol="area"/>
    <rule label="{no data}" filter="{value} IS NULL" symbol="area" colour="238,238,238"/>
   </rule>
   <rule key="other" label="{tier}" filter='"tier" = {tier_id}' symbol="outline"/>
  </rules>
  <symbols>
   <symbol name="area" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" value="{colour},255" type="QString"/>
      <Option name="style" value="solid" type="QString"/>
      <Option name="outline_color" value="{paper},255" type="QString"/>
      <Option name="outline_width" value="0.3" type="QString"/>
      <Option name="outline_width_unit" value="MM" type="QString"/>
      <Option name="outline_style" value="solid" type="QString"/>
      <Option name="joinstyle" value="round" type="QString"/>
     </Option>
     <data_defined_properties>
      <Option type="Map"><Option name="name" value="" type="QString"/><Option name="type" value="collection" type="QString"/><Option name="properties" type="Map"/></Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol name="outline" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" value="{grey},0" type="QString"/>
      <Option name="style" value="no" type="QString"/>
      <Option name="outline_color" value="{grey},255" type="QString"/>
      <Option name="outline_width" value="0.5" type="QString"/>
      <Option name="outline_width_unit" value="MM" type="QString"/>
      <Option name="outline_style" value="solid" type="QString"/>
      <Option name="joinstyle" value="round" type="QString"/>
     </Option>
     <data_defined_properties>
      <Option type="Map"><Option name="name" value="" type="QString"/><Option name="type" value="collection" type="QString"/><Option name="properties" type="Map"/></Option>
     </data_defined_properties>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
 <labeling type="simple">
  <settings>
   <text-style fieldName='CASE WHEN {drawn}"tier" = {tier_id} THEN {name} END' isExpression="1" fontSize="9" fontSizeUnit="Point" fontWeight="75" textColor="{ink},255">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{paper},255"/>
   </text-style>
   <!-- 1: over the middle of the area. -->
   <placement placement="1" priority="8" dist="1" distUnits="MM" offsetType="1" quadOffset="4" centroidInside="1"/>
   <!-- No obstacle: an area must not keep the labels of what lies in it away. -->
   <rendering scaleVisibility="0" obstacle="0" displayAll="0"/>
  </settings>
 </labeling>
</qgis>
