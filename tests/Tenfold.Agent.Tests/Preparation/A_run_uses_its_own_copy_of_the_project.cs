using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

/// <summary>The project's folder changes after each run was planned: VALUE is 1 in the snapshot and 2 in the folder.</summary>
public sealed class A_run_uses_its_own_copy_of_the_project : IDisposable
{
    private const string Import = "import sys, mylib; print(mylib.VALUE)";
    private readonly Machine _machine = new();

    public A_run_uses_its_own_copy_of_the_project()
    {
        _machine.Write("src/mylib/__init__.py", "VALUE = 1\n");
        _machine.Write("scripts/train.py", Import);
        _machine.Write("value.txt", "1\n");
    }

    private string Project => _machine.Folder["project"];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("src")]
    [InlineData("")]
    [InlineData("scripts/../src")]
    public async Task The_copy_is_used_when_PYTHONPATH_names_the_folder(string below)
    {
        _machine.Write("mylib.py", "VALUE = 1\n");
        await ShouldPrintAsync("1", "python3 scripts/train.py", ("PYTHONPATH", $"/nothing:{Project}/{below}"));
    }

    [Fact]
    public async Task The_copy_is_used_when_PYTHONPATH_names_a_link_to_the_folder()
    {
        Directory.CreateSymbolicLink(_machine.Folder["link"], Project);
        await ShouldPrintAsync("1", "python3 scripts/train.py", ("PYTHONPATH", _machine.Folder["link/src"]));
    }

    [Fact]
    public async Task The_copy_is_used_when_PYTHONPATH_makes_the_project_a_package()
    {
        await ShouldPrintAsync(
            "1", "python3 -c 'import project.src.mylib as m; print(m.VALUE)'", ("PYTHONPATH", _machine.Folder.Path));
    }

    // Folders above the project are packages, or only folders; what is beside the project is imported from there.
    [Theory]
    [InlineData("top", "")]
    [InlineData("top", "top/deep")]
    [InlineData("top", "top")]
    [InlineData("top", "top,top/deep")]
    [InlineData(".", "top")]
    [InlineData(".", "top/deep")]
    public async Task When_PYTHONPATH_names_a_folder_far_above_it(string path, string packages)
    {
        var place = _machine.Folder["top/deep/project"];
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        Directory.CreateSymbolicLink(place, Project);
        foreach (var package in packages.Split(',', StringSplitOptions.RemoveEmptyEntries))
            _machine.Folder.Write($"{package}/__init__.py", "");
        _machine.Folder.Write("top/deep/beside.py", "VALUE = 'beside'\n");
        var prefix = path == "." ? "top.deep" : "deep";
        var spec = await SpecAsync(
            $"python3 -c 'import {prefix}.project.src.mylib as m, {prefix}.beside as b; print(m.VALUE, b.VALUE)'", "{}",
            ("PYTHONPATH", Path.GetFullPath(_machine.Folder[path])));
        var report = await RunAsync(spec with { ProjectFolders = [place, Project] });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldBeEmpty();
        (await _machine.PrintedAsync()).ShouldBe(["1 beside"]);
    }

    [Theory]
    [InlineData("python3 %/scripts/train.py", "src")]
    [InlineData("cd %/scripts && PYTHONPATH=../src python3 train.py", "")]
    [InlineData("PYTHONPATH=%/src python3 scripts/train.py", "")]
    [InlineData("cat '%/value.txt'", "")]
    [InlineData("python3 -c \"print(open('%/value.txt').read().strip())\"", "")]
    public async Task The_copy_is_used_when_the_command_names_the_folder(string command, string pythonPath)
    {
        await ShouldPrintAsync("1", command.Replace("%", Project, StringComparison.Ordinal), ("PYTHONPATH", pythonPath));
    }

    [Fact]
    public async Task The_copy_is_used_when_the_command_names_the_home_folder() =>
        await ShouldPrintAsync("1", "cat ~/project/value.txt", ("HOME", _machine.Folder.Path));

    [Fact]
    public async Task The_copy_is_used_when_a_parameter_names_the_folder()
    {
        var spec = await SpecAsync(
            "cat {file}; cat $TENFOLD_PARAM_FILE; python3 -c \"import json, os; p = json.load(open(os.environ['TENFOLD_PARAMS']));"
            + " print('%s %s' % (open(p['more'][0]).read().strip(), p['lr']))\"",
            $$"""{"file":"{{Project}}/value.txt","more":["{{Project}}/value.txt"],"lr":1E-05}""");
        var report = await RunAsync(spec);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["1", "1", "1 1e-05"]);
    }

    [Theory]
    [InlineData("cat %/value.txt; cat {file}", "%/value.txt")]
    [InlineData("cat {file}; cat %/value.txt", "%/value.txt")]
    [InlineData("cat %/value.txt; cat $TENFOLD_PARAM_FILE", "%/value.txt")]
    public async Task The_copy_is_used_when_the_command_and_a_parameter_name_one_path(string command, string file)
    {
        string Named(string text) => text.Replace("%", Project, StringComparison.Ordinal);
        var report = await RunAsync(await SpecAsync(Named(command), $$"""{"file":"{{Named(file)}}"}"""));
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["1", "1"]);
    }

    [Theory]
    [InlineData("__editable__.mylib-1.pth", "%/src\n")]
    [InlineData("easy-install.pth", "%/src\n")]
    [InlineData("conda.pth", "import sys; sys.path.append('%/src')\n")]
    public async Task The_copy_is_used_when_a_pth_file_names_the_folder(string file, string content)
    {
        var venv = Venv((file, content.Replace("%", Project, StringComparison.Ordinal)));
        await ShouldPrintAsync("1", "python3 scripts/train.py", ("PATH", $"{venv}/bin:/usr/bin:/bin"), ("VIRTUAL_ENV", venv));
        await ShouldPrintAsync("1", $"{venv}/bin/python3 scripts/train.py", group: RunNames.NewGroup());
    }

    [Theory]
    [InlineData("src/mylib")]
    [InlineData("src/other")]
    public async Task The_copy_is_used_when_an_editable_installs_finder_maps_to_the_folder(string target)
    {
        _machine.Write("src/other/__init__.py", "VALUE = 1\n");
        var finder = $$"""
            import sys
            from importlib.machinery import PathFinder
            from importlib.util import spec_from_file_location
            MAPPING = {"mylib": "{{Project}}/{{target}}"}
            class _EditableFinder:
                @classmethod
                def find_spec(cls, fullname, path=None, target=None):
                    if fullname in MAPPING:
                        return spec_from_file_location(fullname, MAPPING[fullname] + "/__init__.py")
            def install():
                sys.meta_path.append(_EditableFinder)
            """;
        var venv = Venv(
            ("__editable___mylib_finder.py", finder),
            ("__editable__.mylib.pth", "import __editable___mylib_finder; __editable___mylib_finder.install()\n"));
        await ShouldPrintAsync("1", "python3 scripts/train.py", ("PATH", $"{venv}/bin:/usr/bin:/bin"));
    }

    [Theory]
    [InlineData("import sys; sys.path.insert(0, '%/src')\n")]
    [InlineData("import sys; sys.path[:0] = ['%/src']\n")]
    // As older versions of setuptools write it.
    [InlineData(
        "import sys; sys.__plen = len(sys.path)\n%/src\nimport sys; new=sys.path[sys.__plen:]; del sys.path[sys.__plen:]; "
        + "p=getattr(sys,'__egginsert',0); sys.path[p:p]=new; sys.__egginsert = p+len(new)\n")]
    public async Task A_pth_file_that_puts_it_before_everything_is_refused(string content)
    {
        var venv = Venv(("first.pth", content.Replace("%", Project, StringComparison.Ordinal)));
        var report = await RunAsync(await SpecAsync("python3 scripts/train.py", "{}", ("PATH", $"{venv}/bin:/usr/bin:/bin")));
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("before everything else");
    }

    [Fact]
    public async Task A_finder_with_the_highest_precedence_is_refused()
    {
        var finder = $$"""
            import sys
            class Redirecting:
                def __init__(self): self.known = {"mylib": "{{Project}}/src/mylib/__init__.py"}
                def find_spec(self, fullname, path=None, target=None): return None
            sys.meta_path.insert(0, Redirecting())
            """;
        var venv = Venv(("_mylib_editable.py", finder), ("_mylib_editable.pth", "import _mylib_editable\n"));
        var report = await RunAsync(await SpecAsync("python3 scripts/train.py", "{}", ("PATH", $"{venv}/bin:/usr/bin:/bin")));
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("without -e");
    }

    [Fact]
    public async Task An_interpreter_that_ignores_PYTHONPATH_is_refused()
    {
        var venv = Venv(("mylib.pth", $"{Project}/src\n"));
        var report = await RunAsync(await SpecAsync("python3 -I scripts/train.py", "{}", ("PATH", $"{venv}/bin:/usr/bin:/bin")));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("-I or -E");
    }

    [Fact]
    public async Task A_module_of_the_project_does_not_hide_an_installed_one()
    {
        _machine.Write("src/json.py", "broken = True\n");
        _machine.Write("src/installed.py", "WHERE = 'project'\n");
        var venv = Venv(("mylib.pth", $"{Project}/src\n"), ("installed.py", "WHERE = 'site'\n"));
        await ShouldPrintAsync(
            "1 site True",
            "python3 -c \"import json, mylib, installed as i; print('%s %s %s' % (mylib.VALUE, i.WHERE, hasattr(json, 'dumps')))\"",
            ("PATH", $"{venv}/bin:/usr/bin:/bin"));
    }

    [Fact]
    public async Task A_path_to_a_file_outside_the_snapshot_stays_with_a_warning()
    {
        var spec = await SpecAsync($"cat {Project}/later.txt", "{}", ("PYTHONPATH", $"{Project}/extra"));
        _machine.Folder.Write("project/later.txt", "live\n");
        _machine.Folder.Write("project/extra/x.py", "");
        var report = await RunAsync(spec);
        (await _machine.PrintedAsync()).ShouldBe(["live"]);
        report.Warnings.ShouldBe(
            [new Warning.LivePath("the command", $"{Project}/later.txt"), new Warning.LivePath("PYTHONPATH", $"{Project}/extra")],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_virtual_environment_in_the_project_is_not_part_of_the_copy()
    {
        var venv = $"{Project}/.venv";
        var spec = await SpecAsync("which python3", "{}", ("PATH", $"{venv}/bin:/usr/bin:/bin"), ("VIRTUAL_ENV", venv));
        Directory.Move(Venv(), venv);
        var report = await RunAsync(spec);
        (await _machine.PrintedAsync()).ShouldBe([$"{venv}/bin/python3"]);
        report.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("import sys\nsys.path.insert(0, '%/src')\n", 2)]
    [InlineData("# made in %\n", 0)]
    [InlineData("x = '%-old'\n", 0)]
    public async Task Code_that_names_the_folder_gets_a_warning(string code, int line)
    {
        _machine.Write("train.py", code.Replace("%", Project, StringComparison.Ordinal));
        var report = await RunAsync(await SpecAsync("python3 train.py"));
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldBe(line == 0 ? [] : [new Warning.LivePathInCode("train.py", line, Project)]);
    }

    private async Task ShouldPrintAsync(string expected, string command, params IReadOnlyList<(string, string)> shell) =>
        await ShouldPrintAsync(expected, command, null, [.. shell]);

    private Task ShouldPrintAsync(string expected, string command, string group) => ShouldPrintAsync(expected, command, group, []);

    private async Task ShouldPrintAsync(string expected, string command, string? group, (string, string)[] shell)
    {
        _machine.Folder.Write("project/src/mylib/__init__.py", "VALUE = 1\n");
        var report = await RunAsync(await SpecAsync(command, "{}", shell), group);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync(attempt: group is null ? null : $"{group}-1-1")).ShouldBe([expected]);
    }

    private async Task<WorkSpec> SpecAsync(string command, string parameters = "{}", params (string Name, string Value)[] shell)
    {
        var variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        foreach (var (name, value) in shell) variables[name] = value;
        return await _machine.SpecAsync(command, parameters) with { ProjectFolders = [Project], Shell = variables };
    }

    private async Task<AttemptReport> RunAsync(WorkSpec spec, string? group = null)
    {
        foreach (var module in Directory.GetFiles($"{Project}/src", "*.py", SearchOption.AllDirectories))
            File.AppendAllText(module, "VALUE = 2\n");
        File.WriteAllText($"{Project}/value.txt", "2\n");
        if (File.Exists($"{Project}/mylib.py")) File.WriteAllText($"{Project}/mylib.py", "VALUE = 2\n");
        if (group is null) return await _machine.RunAsync(spec);
        _machine.Queue.Add(_machine.Assign(spec, group: group));
        (await _machine.ServeAsync()).ShouldBeTrue();
        return await _machine.ReportAsync($"{group}-1-1");
    }

    // A virtual environment as `python3 -m venv --without-pip` makes it, without the second that it takes.
    private string Venv(params (string File, string Content)[] installed)
    {
        var venv = _machine.Folder["venv"];
        var version = Directory.GetDirectories("/usr/lib", "python3*").Select(Path.GetFileName)
            .First(name => name!.Contains('.') && File.Exists($"/usr/bin/{name}"))!;
        Directory.CreateDirectory($"{venv}/bin");
        File.CreateSymbolicLink($"{venv}/bin/python3", "/usr/bin/python3");
        _machine.Folder.Write("venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n");
        Directory.CreateDirectory($"{venv}/lib/{version}/site-packages");
        foreach (var (file, content) in installed) _machine.Folder.Write($"venv/lib/{version}/site-packages/{file}", content);
        return venv;
    }
}
