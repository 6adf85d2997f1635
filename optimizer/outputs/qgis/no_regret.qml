<!-- The larger and darker the more plans build it; corridors by whether plans decide on them. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="0">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule key="service" label="{service}: 0 %" filter='"service" = {service_id} AND "share" = 0' symbol="facility" fill="{paper}" size="1.2"/>
   <rule key="service" label="{service}: &lt; 50 %" filter='"service" = {service_id} AND "share" &gt; 0 AND "share" &lt; 0.5' symbol="facility" fill="{pale}" size="2.04"/>
   <rule key="service" label="{service}: ≥ 50 %" filter='"service" = {service_id} AND "share" &gt;= 0.5 AND "share" &lt; 1' symbol="facility" fill="{strong}" size="2.88"/>
   <rule key="service" label="{service}: 100 %" filter='"service" = {service_id} AND "share" = 1' symbol="facility" fill="{colour}" size="3.6"/>
   <rule key="undecided" label="{undecided}" filter="geometry_type($geometry) = 'Line'" symbol="corridor" width="0.3" line_style="dash"/>
   <rule key="decided" label="{corridors}: 0 %" filter="geometry_type($geometry) = 'Line' AND &quot;share&quot; = 0" symbol="corridor" width="0.3" line_style="solid"/>
   <rule key="decided" label="{corridors}: &lt; 50 %" filter="geometry_type($geometry) = 'Line' AND &quot;share&quot; &gt; 0 AND &quot;share&quot; &lt; 0.5" symbol="corridor" width="0.72" line_style="solid"/>
   <rule key="decided" label="{corridors}: ≥ 50 %" filter="geometry_type($geometry) = 'Line' AND &quot;share&quot; &gt;= 0.5 AND &quot;share&quot; &lt; 1" symbol="corridor" width="1.14" line_style="solid"/>
   <rule key="decided" label="{corridors}: 100 %" filter="geometry_type($geometry) = 'Line' AND &quot;share&quot; = 1" symbol="corridor" width="1.5" line_style="solid"/>
  </rules>
  <symbols>
   <symbol name="facility" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleMarker" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="name" value="{shape}" type="QString"/>
      <Option name="color" value="{fill},255" type="QString"/>
      <Option name="outline_color" value="{colour},255" type="QString"/>
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
         <Option name="expression" value="{offset}" type="QString"/>
         <Option name="type" value="3" type="int"/>
        </Option>
       </Option>
      </Option>
     </data_defined_properties>
    </layer>
   </symbol>
   <symbol name="corridor" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" value="{corridor},255" type="QString"/>
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
