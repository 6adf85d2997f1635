<!-- The darker and larger the more its failure takes, as shares of what the worst one takes; what takes nothing is thin and grey. -->
<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="0">
 <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0">
  <rules key="{rules}">
   <rule label="0" filter="{value} &lt;= 0" symbol="failure" colour="{grey}" width="0.4"/>
   <rule key="taken" label="{to_tenth}" filter="{value} &gt; 0 AND {value} &lt;= {tenth}" symbol="failure" colour="254,232,200" width="0.8"/>
   <rule key="taken" label="{to_quarter}" filter="{value} &gt; {tenth} AND {value} &lt;= {quarter}" symbol="failure" colour="253,187,132" width="1.2"/>
   <rule key="taken" label="{to_half}" filter="{value} &gt; {quarter} AND {value} &lt;= {half}" symbol="failure" colour="227,74,51" width="1.7"/>
   <rule key="taken" label="{to_all}" filter="{value} &gt; {half}" symbol="failure" colour="127,0,0" width="2.3"/>
  </rules>
  <symbols>
   <symbol name="failure" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" value="{colour},255" type="QString"/>
      <Option name="line_width" value="{width}" type="QString"/>
      <Option name="line_width_unit" value="MM" type="QString"/>
      <Option name="line_style" value="solid" type="QString"/>
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
