<!-- The darker and larger the more its failure takes, as shares of what the worst one takes; the worst ten are named. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="1">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule label="0" filter="{value} &lt;= 0" symbol="failure" colour="{grey}" size="0.8"/>
   <rule key="taken" label="{to_tenth}" filter="{value} &gt; 0 AND {value} &lt;= {tenth}" symbol="failure" colour="254,232,200" size="1.6"/>
   <rule key="taken" label="{to_quarter}" filter="{value} &gt; {tenth} AND {value} &lt;= {quarter}" symbol="failure" colour="253,187,132" size="2.4"/>
   <rule key="taken" label="{to_half}" filter="{value} &gt; {quarter} AND {value} &lt;= {half}" symbol="failure" colour="227,74,51" size="3.4"/>
   <rule key="taken" label="{to_all}" filter="{value} &gt; {half}" symbol="failure" colour="127,0,0" size="4.6"/>
  </rules>
  <symbols>
   <symbol name="failure" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleMarker" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="name" value="circle" type="QString"/>
      <Option name="color" value="{colour},255" type="QString"/>
      <Option name="outline_color" value="{ink},255" type="QString"/>
      <Option name="outline_width" value="0.35" type="QString"/>
      <Option name="outline_width_unit" value="MM" type="QString"/>
      <Option name="size" value="{size}" type="QString"/>
      <Option name="size_unit" value="MM" type="QString"/>
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
   <text-style fieldName='CASE WHEN {drawn}"rank" &lt;= 10 THEN {name} END' isExpression="1" fontSize="8" fontSizeUnit="Point" fontWeight="50" textColor="{ink},255">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{paper},255"/>
   </text-style>
   <!-- 6: round the point, as cartographers prefer. -->
   <placement placement="6" priority="6" dist="1" distUnits="MM" offsetType="1" quadOffset="4" centroidInside="1"/>
   <rendering scaleVisibility="0" obstacle="1" displayAll="0"/>
  </settings>
 </labeling>
</qgis>
