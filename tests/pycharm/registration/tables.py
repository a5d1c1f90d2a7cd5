"""Tables of interpreters as PyCharms of several years write them; made up for these tests."""

from __future__ import annotations

#: 2019: no identity, no flavor, Windows' paths, Chinese names, one name twice.
OF_2019 = """<application>
  <component name="ProjectJdkTable">
    <jdk version="2">
      <name value="Python 3.7 (识别 system)" />
      <type value="Python SDK" />
      <version value="Python 3.7.6" />
      <homePath value="D:\\识别 system\\venv\\Scripts\\python.exe" />
      <roots>
        <classPath>
          <root type="composite">
            <root url="file://$USER_HOME$/AppData/Local/Programs/Python/Python37/Lib" type="simple" />
          </root>
        </classPath>
        <sourcePath>
          <root type="composite" />
        </sourcePath>
      </roots>
      <additional ASSOCIATED_PROJECT_PATH="D:/识别 system" />
    </jdk>
  </component>
</application>"""

#: 2022: identities, flavors, an interpreter in a container, a JDK, a comment that somebody wrote by hand.
OF_2022 = """<application>
  <!-- kept by hand: do not sort -->
  <component name="ProjectJdkTable">
    <jdk version="2">
      <name value="17" />
      <type value="JavaSDK" />
      <version value="java version &quot;17&quot;" />
      <homePath value="/usr/lib/jvm/java-17" />
      <roots><classPath><root type="composite"><root url="jrt:///usr/lib/jvm/java-17!/java.base" type="simple"/></root></classPath></roots>
      <additional />
    </jdk>
    <jdk version="2">
      <name value="Remote Python 3.9 Docker (web)" />
      <type value="Python SDK" />
      <version value="Python 3.9.2" />
      <homePath value="docker://web/python" />
      <additional INTERPRETER_PATH="python" HELPERS_PATH="/opt/.pycharm_helpers" SDK_UUID="0d9ac1e0-0f0e-4a0e-9ac6-d1a0f7d8a001">
        <setting name="FLAVOR_ID" value="UnixPythonSdkFlavor" />
        <setting name="FLAVOR_DATA" value="{}" />
        <envs><env name="A" value="1 &amp; 2" /></envs>
      </additional>
    </jdk>
  </component>
</application>
"""

#: 2026: names that are paths, uv's own kind, a component that this test's reader does not know.
OF_2026 = """<application>
  <component name="ProjectJdkTable">
    <jdk version="2">
      <name value="~/garage/.venv" />
      <type value="Python SDK" />
      <version value="Python 3.14.0" />
      <homePath value="$USER_HOME$/garage/.venv/bin/python" />
      <additional ASSOCIATED_PROJECT_PATH="$USER_HOME$/garage" IS_UV="true" SDK_UUID="5b5c1e60-3d4f-4a5e-9ac6-d1a0f7d8a002">
        <setting name="FLAVOR_ID" value="UvSdkFlavor" />
        <setting name="FLAVOR_DATA" value="{&quot;usePip&quot;:false}" />
      </additional>
    </jdk>
  </component>
  <component name="FutureTable"><![CDATA[{"a": [1, 2]}]]></component>
</application>
"""

ALL = {
    "2019": OF_2019,
    "2019, Windows' line ends": OF_2019.replace("\n", "\r\n"),
    "2022": OF_2022,
    "2026": OF_2026,
    "empty": '<application>\n  <component name="ProjectJdkTable" />\n</application>',
    "another component alone": '<application>\n  <component name="Other" a="1"/>\n</application>\n',
}


def entry_of(name: str, home: str, kind: str = "Python SDK") -> str:
    """A table with one entry."""
    return (
        '<application>\n  <component name="ProjectJdkTable">\n    <jdk version="2">\n'
        f'      <name value="{name}" />\n      <type value="{kind}" />\n      <homePath value="{home}" />\n'
        "    </jdk>\n  </component>\n</application>\n"
    )
