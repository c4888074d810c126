using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class A_script_is_run_by_its_kind : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_Python_script_gets_its_parameters_as_arguments()
    {
        _machine.Write("src/train.py", "import sys, os\nprint(sys.argv, os.path.exists('src/train.py'))\n");
        var report = await ScriptAsync("src/train.py", """{"lr":0.1,"name":"a b","flag":true}""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["['src/train.py', '--lr', '0.1', '--name', 'a b', '--flag', 'true'] True"]);
    }

    // A word of its own that begins with a dash is an option to argparse before Python 3.14, and to many other parsers.
    [Theory]
    [InlineData("""{"lr":-1e-05,"n":-3,"note":"-x","empty":"","dashes":"--","layers":[-1,"-a"]}""",
        "['--lr=-1e-05', '--n=-3', '--note=-x', '--empty=', '--dashes=--', '--layers=[-1,\"-a\"]']")]
    [InlineData("""{"name":"a b","equals":"a=b","lines":"a\nb","quotes":"'\""}""",
        "['--name=a b', '--equals=a=b', '--lines=a\\nb', '--quotes=\\'\"']")]
    [InlineData("""{"fast":true,"slow":false,"depth":null,"word":"true"}""", "['--fast', '--word=true']")]
    public async Task Each_parameter_is_one_argument_for_any_value(string parameters, string arguments)
    {
        _machine.Write("train.py", "import sys\nprint(sys.argv[1:])\n");
        var report = await ScriptAsync("train.py", parameters, with: spec => spec with { Arguments = ArgumentStyle.Flags });
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe([arguments]);
    }

    [Fact]
    public async Task True_and_false_are_words_if_the_script_wants_words()
    {
        _machine.Write("train.py", "import sys\nprint(sys.argv[1:])\n");
        await ScriptAsync(
            "train.py", """{"fast":true,"slow":false,"depth":null}""", with: spec => spec with { Arguments = ArgumentStyle.Words });
        (await _machine.PrintedAsync()).ShouldBe(["['--fast=true', '--slow=false']"]);
    }

    [Fact]
    public async Task A_script_outside_the_snapshot_is_refused()
    {
        var report = await ScriptAsync("train.py");
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("train.py is not in the snapshot");
    }

    [Theory]
    [InlineData("train.py", "python3")]
    [InlineData("train.cs", "dotnet")]
    [InlineData("train.ipynb", "python3")]
    public async Task A_script_without_an_interpreter_is_refused_with_what_to_install(string script, string missing)
    {
        _machine.Write(script, """{"cells":[],"metadata":{}}""");
        var report = await ScriptAsync(
            script, with: spec => spec with { Shell = new Dictionary<string, string> { ["PATH"] = _machine.Folder["nothing"] } });
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain($"no {missing} is on PATH. Install it");
    }

    [Fact]
    public async Task A_notebook_is_logged_while_it_runs_and_stored_as_executed()
    {
        _machine.Write("study/train.ipynb", Notebook(
            """import os, json\nprint(json.dumps({\"metric\": \"loss\", \"value\": lr * 2}), flush=True)\nopen('beside.txt', 'w').write(str(seed))""",
            """import time\nwhile not os.path.exists(os.environ['TENFOLD_CHECKPOINT_DIR'] + '/go'): time.sleep(0.05)\nprint('seen')"""));
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync(null, """{"lr":0.25}""") with { Script = "study/train.ipynb" }));
        var served = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(
            () => served.IsCompleted || _machine.MetricsAsync().GetAwaiter().GetResult().ContainsKey("loss"),
            "the first cell's metric is seen while the second runs");
        _machine.Report()?.State.ShouldBe(AttemptState.Running, _machine.Report()?.Reason.Words());
        (await _machine.MetricsAsync())["loss"].Last.ShouldBe(0.5);
        File.WriteAllText(_machine.Folder[$"home/checkpoints/{_machine.Group}-1/go"], "");
        await served;
        var report = await _machine.ReportAsync();
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.KeptAsync("output/train.ipynb")).ShouldNotBeNull().ShouldContain("seen");
        (await _machine.KeptAsync("work/study/beside.txt")).ShouldBe("1001");
    }

    [Fact]
    public async Task A_failing_cell_fails_the_run_and_the_executed_cells_are_stored()
    {
        _machine.Write("train.ipynb", Notebook("print('so far')", "1 / 0", "print('never')"));
        var report = await ScriptAsync("train.ipynb");
        (report.State, report.ExitCode).ShouldBe((AttemptState.Failed, 1));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("ZeroDivisionError");
        (await _machine.PrintedAsync()).ShouldBe(["so far"]);
        (await _machine.KeptAsync("output/train.ipynb")).ShouldNotBeNull().ShouldContain("ZeroDivisionError");
    }

    [Fact]
    public async Task A_file_that_is_not_a_notebook_is_refused()
    {
        _machine.Write("train.ipynb", """{"cells":[7],"metadata":"x"}""");
        var report = await ScriptAsync("train.ipynb");
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldStartWith("train.ipynb is not a notebook");
    }

    [Fact]
    public async Task A_CSharp_script_is_compiled_once_for_two_runs()
    {
        _machine.Write(
            "train.cs", """Console.WriteLine($"{string.Join(' ', args)} {Environment.GetEnvironmentVariable("TENFOLD_SEED")}");""" + "\n");
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync(null, """{"lr":0.1}""") with { Script = "train.cs" }, repeat: 2));
        await _machine.ServeAsync();
        for (var i = 1; i <= 2; i++)
        {
            (await _machine.ReportAsync(_machine.Attempt(repeat: i)))
                .ShouldSatisfyAllConditions(report => report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words()));
            (await _machine.PrintedAsync(attempt: _machine.Attempt(repeat: i))).ShouldBe([$"--lr 0.1 {1000 + i}"]);
        }

        var built = (await _machine.PrintedAsync('t')).Concat(await _machine.PrintedAsync('t', _machine.Attempt(repeat: 2)))
            .Count(line => line.StartsWith("$ dotnet build", StringComparison.Ordinal));
        built.ShouldBe(1);
        (await _machine.ManifestAsync()).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_CSharp_script_that_does_not_compile_is_refused_with_the_compilers_error()
    {
        _machine.Write("train.cs", "Console.WriteLine(nonsense);\n");
        var report = await ScriptAsync("train.cs");
        report.Ending.ShouldBe(Ending.NotStarted);
        report.Reason.Words().ShouldNotBeNull().ShouldContain("CS0103");
        report.Reason.Words().ShouldNotBeNull().ShouldContain("train.cs does not compile");
    }

    private async Task<AttemptReport> ScriptAsync(string script, string parameters = "{}", Func<WorkSpec, WorkSpec>? with = null)
    {
        var spec = await _machine.SpecAsync(null, parameters) with { Script = script };
        return await _machine.RunAsync(with is null ? spec : with(spec));
    }

    private static string Notebook(params string[] sources)
    {
        var cells = sources.Select(
            source => """{"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":"%"}""".Replace("%", source));
        return """{"nbformat":4,"nbformat_minor":4,"metadata":{"kernelspec":{"name":"python3","display_name":"Python 3","language":"python"}},"cells":[%]}""".Replace("%", string.Join(',', cells));
    }
}
