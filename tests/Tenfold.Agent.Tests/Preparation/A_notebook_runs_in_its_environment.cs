using System.Text.Json;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class A_notebook_runs_in_its_environment : IDisposable
{
    private const string SystemPython = "/usr/bin/python3";
    private readonly Machine _machine = new();
    private readonly string _later = RunNames.NewGroup();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_environment_needs_ipykernel_but_not_nbconvert()
    {
        WriteNotebook("python3", "import sys; print(sys.prefix)");
        var report = await RunAsync("--no-index\n");
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("add a line `ipykernel` to requirements.txt");

        var place = Directory.GetDirectories(_machine.Folder["home/environments"]).ShouldHaveSingleItem();
        var site = Directory.GetDirectories($"{place}/lib", "python3*").Select(folder => $"{folder}/site-packages").First(Directory.Exists);
        // The kernel's packages are linked from Debian's, and nbconvert's are not.
        foreach (var package in Directory.GetFileSystemEntries("/usr/lib/python3/dist-packages"))
        {
            var target = $"{site}/{Path.GetFileName(package)}";
            if (!Path.GetFileName(package).StartsWith("nb", StringComparison.Ordinal) && !Path.Exists(target))
                File.CreateSymbolicLink(target, package);
        }

        File.Delete($"{place}/.contents");
        File.Delete($"{place}/.ready");
        EnvironmentContents.Record(place);
        CacheFiles.Record(place);
        report = await RunAsync("--no-index\n", _later);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync(attempt: $"{_later}-1-1")).ShouldBe([place]);
    }

    [Fact]
    public async Task A_missing_kernel_is_replaced_with_a_warning()
    {
        WriteNotebook("my-old-env", "print(lr)");
        var report = await RunAsync(null);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["0.5"]);
        var warning = report.Warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.KernelReplaced>();
        (warning.Kernel, warning.Python).ShouldBe(("my-old-env", SystemPython));
        warning.Known.ShouldContain("python3");
    }

    [Fact]
    public async Task A_notebook_of_another_language_is_refused_with_the_available_kernels()
    {
        WriteNotebook("ir", "print(1)", "R");
        var spec = await _machine.SpecAsync(null) with { Script = "train.ipynb" };
        var report = await _machine.RunAsync(spec);
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("python3");
    }

    [Fact]
    public async Task The_first_interpreter_on_PATH_runs_the_cells_and_any_other_one_causes_a_warning()
    {
        WriteNotebook("python3", "import sys; print(sys.executable)");
        _machine.Folder.Write("venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n");
        Directory.CreateDirectory(_machine.Folder["venv/bin"]);
        var python = _machine.Folder["venv/bin/python3"];
        File.CreateSymbolicLink(python, SystemPython);
        var shell = new Dictionary<string, string> { ["PATH"] = $"{_machine.Folder["venv/bin"]}:/usr/bin:/bin" };
        var report = await RunAsync(null, shell: shell);
        report.Warnings.ShouldBe([new Warning.NotebookElsewhere("train.ipynb", python, SystemPython)]);

        _machine.Folder.Write("venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = true\n");
        report = await RunAsync(null, _later, shell);
        report.Warnings.ShouldBeEmpty();
        (await _machine.PrintedAsync(attempt: $"{_later}-1-1")).ShouldBe([python]);
    }

    private void WriteNotebook(string kernel, string code, string language = "python")
    {
        string[] cells = ["lr = 1.0", code];
        var list = cells.Select((source, index) => $$"""
            {"cell_type":"code","execution_count":null,"outputs":[],"metadata":{"tags":[{{(index == 0 ? "\"parameters\"" : "")}}]},
             "source":{{JsonSerializer.Serialize(source)}} }
            """);
        _machine.Write("train.ipynb", $$$"""
            {"nbformat":4,"nbformat_minor":4,"cells":[{{{string.Join(',', list)}}}],
             "metadata":{"kernelspec":{"name":"{{{kernel}}}","display_name":"x","language":"{{{language}}}"}
             }
            }
            """);
    }

    private async Task<AttemptReport> RunAsync(string? requirements, string? group = null, Dictionary<string, string>? shell = null)
    {
        if (requirements is not null) _machine.Write("requirements.txt", requirements);
        var spec = await _machine.SpecAsync(null, """{"lr":0.5}""") with
        {
            Script = "train.ipynb",
            Environment = requirements is null
                ? new EnvironmentSpec("system") : new EnvironmentSpec("requirements", "requirements.txt", "aa"),
            Shell = shell ?? new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        };
        if (group is null) return await _machine.RunAsync(spec);
        _machine.Queue.Add(_machine.Assign(spec, group: group));
        (await _machine.ServeAsync()).ShouldBeTrue();
        return await _machine.ReportAsync($"{group}-1-1");
    }
}
