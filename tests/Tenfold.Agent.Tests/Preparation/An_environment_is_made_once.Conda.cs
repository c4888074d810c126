using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed partial class An_environment_is_made_once
{
    [Fact]
    public async Task A_conda_environment_depends_on_what_its_pip_list_includes()
    {
        const string fake = """
            #!/bin/sh
            while [ $# -gt 0 ]; do case $1 in -p) place=$2; shift;; -f) file=$2; shift;; esac; shift; done
            [ -n "$place" ] || exit 0
            mkdir -p $place/bin; cp "$(dirname "$file")/more.txt" $place/installed.txt
            """;
        File.SetUnixFileMode(_machine.Folder.Write("fake/micromamba", fake), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _machine.Write("environment.yml", "dependencies:\n  - pip:\n    - -r more.txt\n");
        foreach (var (version, group) in new[] { ("1", _later), ("2", _last) })
        {
            _machine.Write("more.txt", $"lib=={version}\n");
            var spec = await _machine.SpecAsync("cat $CONDA_PREFIX/installed.txt") with
            {
                Environment = new EnvironmentSpec("conda", "environment.yml", "aa"),
                Shell = new Dictionary<string, string> { ["PATH"] = $"{_machine.Folder["fake"]}:/usr/bin:/bin" },
            };
            _machine.Queue.Add(_machine.Assign(spec, group: group));
            await _machine.ServeAsync();
            (await _machine.PrintedAsync(attempt: $"{group}-1-1")).ShouldBe([$"lib=={version}"]);
        }
    }

    [Fact]
    public async Task The_reason_quotes_pips_error()
    {
        var report = await _machine.RunAsync(await SpecAsync("--no-index\nno-such-package-at-all==9\n", "echo started"));
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("the environment of requirements.txt could not be made");
        report.Reason.Words().ShouldNotBeNull().ShouldContain("no-such-package-at-all");
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_environment_yml_is_refused_without_conda()
    {
        _machine.Write("environment.yml", "dependencies: [python]\n");
        var report = await _machine.RunAsync("echo started", spec => spec with
        {
            Environment = new EnvironmentSpec("conda", "environment.yml", "aa"),
            Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        });
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("Install micromamba");
    }
}
