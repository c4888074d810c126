using System.IO.Compression;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed partial class An_environment_is_made_once : IDisposable
{
    private const string Wheel = "tiny_wheel-1.0-py3-none-any.whl";

    // As a program does that hides what it changed.
    private const string SameSizeAndTime =
        "for f in $VIRTUAL_ENV/lib/python3.*/site-packages/tiny_wheel.py; do cp -p $f before; chmod u+w $f; "
        + "echo \"VALUE = 'from the WHEEL'\" > $f; touch -r before $f; chmod u-w $f; done";

    private readonly Machine _machine = new();
    private readonly CopyingPython _python;

    // Processes are known by such names, and other tests run at once.
    private readonly string _later = RunNames.NewGroup(), _last = RunNames.NewGroup();

    public An_environment_is_made_once(CopyingPython python)
    {
        _python = python;
        WriteWheel("from the wheel");
    }

    private void WriteWheel(string value, string name = "tiny_wheel")
    {
        // The snapshot is taken anew.
        _machine.Write("value.txt", value);
        var path = _machine.Folder[$"project/{name}-1.0-py3-none-any.whl"];
        File.Delete(path);
        using var wheel = ZipFile.Open(path, ZipArchiveMode.Create);
        var info = $"{name}-1.0.dist-info";
        Add($"{name}.py", $"VALUE = '{value}'\n");
        Add($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name.Replace('_', '-')}\nVersion: 1.0\nProvides-Extra: dev\n");
        Add($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add($"{info}/RECORD", $"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n");

        void Add(string name, string content)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task All_runs_share_an_environment_and_an_incomplete_one_is_made_again()
    {
        var spec = await SpecAsync(
            $"--no-index\n./{Wheel}\n", """python3 -c 'import tiny_wheel, sys; print(tiny_wheel.VALUE, sys.prefix == "'$VIRTUAL_ENV'")'""");
        // Here with the real venv module.
        spec = spec with { Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" } };
        _machine.Queue.Add(_machine.Assign(spec, repeat: 2));
        await _machine.ServeAsync();
        for (var i = 1; i <= 2; i++) await ShouldHaveWorkedAsync(_machine.Attempt(repeat: i));
        (await Task.WhenAll(MadeAsync(_machine.Attempt()), MadeAsync(_machine.Attempt(repeat: 2)))).Sum().ShouldBe(1);

        // As a crash would leave it: without the mark, and with something missing.
        var place = Directory.GetDirectories(_machine.Folder["home/environments"]).ShouldHaveSingleItem();
        File.Delete(Path.Combine(place, ".ready"));
        Directory.Delete(Path.Combine(place, "lib"), recursive: true);
        _machine.Queue.Add(_machine.Assign(spec, group: _later));
        await _machine.ServeAsync();
        await ShouldHaveWorkedAsync($"{_later}-1-1");
        (await MadeAsync($"{_later}-1-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_damaged_environment_in_use_is_left_to_its_run_and_made_once_more()
    {
        var spec = await SpecAsync(
            $"--no-index\n./{Wheel}\n", """python3 -c 'import tiny_wheel, sys; print(tiny_wheel.VALUE, sys.prefix == "'$VIRTUAL_ENV'")'""");
        _machine.Queue.Add(_machine.Assign(spec));
        await _machine.ServeAsync();
        var place = Directory.GetDirectories(_machine.Folder["home/environments"]).ShouldHaveSingleItem();

        // As a cleaner of /tmp leaves it; the list of what is whole may be gone, or say that something is missing.
        var module = Directory.GetFiles($"{place}/lib", "tiny_wheel.py", SearchOption.AllDirectories).ShouldHaveSingleItem();
        File.Delete(module);
        File.SetLastWriteTimeUtc(Path.Combine(place, ".ready"), DateTime.UtcNow.AddDays(-11));
        using (CacheEntry.Acquire(place))
        {
            _machine.Queue.Add(_machine.Assign(spec, group: _later));
            await _machine.ServeAsync();
            await ShouldHaveWorkedAsync($"{_later}-1-1");
            File.Exists(Path.Combine(place, "bin/python3")).ShouldBeTrue();
        }

        // What other tests start may hold a descriptor of it for an instant.
        await Eventually.ShouldBeAsync(() => IsFree(CacheEntry.UseOf(place)), "nobody uses it");
        _machine.Queue.Add(_machine.Assign(spec, group: _last));
        await _machine.ServeAsync();
        await ShouldHaveWorkedAsync($"{_last}-1-1");
        File.Exists(module).ShouldBeTrue();
        (await MadeAsync($"{_last}-1-1")).ShouldBe(1);
    }

    [Fact]
    public async Task An_environment_is_locked_as_long_as_its_run_lives()
    {
        var spec = await SpecAsync(
            $"--no-index\n./{Wheel}\n", $"touch {_machine.Folder["started"]}; while [ ! -e {_machine.Folder["go"]} ]; do sleep 0.05; done");
        _machine.Queue.Add(_machine.Assign(spec));
        var serving = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(() => File.Exists(_machine.Folder["started"]), "the run has begun");
        var place = Directory.GetDirectories(_machine.Folder["home/environments"]).ShouldHaveSingleItem();
        CacheEntry.TryRemove(place, DateTimeOffset.MaxValue).ShouldBeFalse();
        _machine.Folder.Write("go", "");
        await serving;
        await Eventually.ShouldBeAsync(() => CacheEntry.TryRemove(place, DateTimeOffset.MaxValue), "it is free");
        Directory.GetFileSystemEntries(_machine.Folder["home/environments"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--no-index\n./%\n")]
    [InlineData("--no-index\n./%[dev]\n")]
    [InlineData("--no-index\n%\n")]
    [InlineData("--no-index\ntiny-wheel @ ./%\n")]
    [InlineData("--no-index\ntiny-wheel @ file:%\n")]
    [InlineData("--no-index\n-f .\ntiny-wheel\n")]
    public async Task Another_wheel_with_an_equal_name_is_another_environment(string requirements)
    {
        const string command = "python3 -c 'import tiny_wheel; print(tiny_wheel.VALUE)'";
        requirements = requirements.Replace("%", Wheel, StringComparison.Ordinal);
        (await _machine.RunAsync(await SpecAsync(requirements, command))).Reason.Words().ShouldBeNull();
        WriteWheel("another");
        _machine.Queue.Add(_machine.Assign(await SpecAsync(requirements, command), group: _later));
        await _machine.ServeAsync();
        (await _machine.PrintedAsync()).ShouldBe(["from the wheel"]);
        (await _machine.PrintedAsync(attempt: $"{_later}-1-1")).ShouldBe(["another"]);
    }

    [Theory]
    [InlineData("pip install -q --no-index --no-deps --disable-pip-version-check ./other_wheel-1.0-py3-none-any.whl")]
    [InlineData("for d in $VIRTUAL_ENV/lib/python3.*/site-packages; do echo 'VALUE = 7' > $d/other_wheel.py; done")]
    [InlineData("for f in $VIRTUAL_ENV/lib/python3.*/site-packages/tiny_wheel.py; do chmod u+w $f; echo 'VALUE = 7' > $f; done")]
    [InlineData(SameSizeAndTime)]
    [InlineData("rm $VIRTUAL_ENV/lib/python3.*/site-packages/tiny_wheel.py")]
    [InlineData("pip uninstall -qy tiny-wheel")]
    public async Task Changes_that_a_run_makes_are_not_seen_by_the_next_run(string change)
    {
        WriteWheel("other", "other_wheel");
        const string look =
            "python3 -c \"import tiny_wheel; print(tiny_wheel.VALUE)\"; python3 -c 'import other_wheel' 2>/dev/null || echo none";
        var requirements = $"--no-index\n./{Wheel}\n";
        var first = await _machine.RunAsync(await SpecAsync(requirements, look));
        first.Warnings.ShouldBeEmpty();
        _machine.Queue.Add(_machine.Assign(await SpecAsync(requirements, change), group: _later));
        await _machine.ServeAsync();
        var changing = await _machine.ReportAsync($"{_later}-1-1");
        changing.State.ShouldBe(AttemptState.Succeeded, changing.Reason.Words());
        changing.Warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.EnvironmentChanged>().What.ShouldContain("_wheel");
        _machine.Queue.Add(_machine.Assign(await SpecAsync(requirements, look), group: _last));
        await _machine.ServeAsync();
        (await _machine.PrintedAsync(attempt: $"{_last}-1-1")).ShouldBe(["from the wheel", "none"]);
        (await _machine.PrintedAsync('t', $"{_last}-1-1")).ShouldContain(line => line.Contains("was changed after it was made"));
    }

    // Python executes a compiled file whose header has the size and time of the source.
    [Fact]
    public async Task Compiled_files_that_a_run_plants_are_not_executed_by_the_next_run()
    {
        const string plant = "for f in $VIRTUAL_ENV/lib/python3.*/site-packages/tiny_wheel.py; do "
            + "echo \"VALUE = 'from the WHEEL'\" > evil.py; touch -r $f evil.py; python3 -c 'import importlib.util, py_compile, sys; "
            + "py_compile.compile(\"evil.py\", cfile=importlib.util.cache_from_source(sys.argv[1]))' $f; done; "
            + "python3 -c 'import tiny_wheel; print(tiny_wheel.VALUE)'";
        var requirements = $"--no-index\n./{Wheel}\n";
        await _machine.RunAsync(await SpecAsync(requirements, plant));
        (await _machine.PrintedAsync()).ShouldBe(["from the WHEEL"], "this run did it to itself");
        const string look = "python3 -c 'import tiny_wheel; print(tiny_wheel.VALUE)'";
        _machine.Queue.Add(_machine.Assign(await SpecAsync(requirements, look), group: _later));
        await _machine.ServeAsync();
        (await _machine.PrintedAsync(attempt: $"{_later}-1-1")).ShouldBe(["from the wheel"]);
    }

    [Fact]
    public async Task A_run_that_overlaps_with_one_that_changes_it_names_that_run()
    {
        var go = _machine.Folder["go"];
        var requirements = $"--no-index\n./{Wheel}\n";
        _machine.Queue.Add(
            _machine.Assign(await SpecAsync(requirements, $"while [ ! -e {go} ]; do sleep 0.05; done"), repeat: 2));
        var serving = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(
            () => new[] { 1, 2 }.All(repeat => _machine.Report(_machine.Attempt(repeat: repeat))?.Process is not null), "both run");
        _machine.Queue.Add(
            _machine.Assign(
                await SpecAsync(requirements, "for d in $VIRTUAL_ENV/lib/python3.*/site-packages; do touch $d/x.py; done"),
                group: _later));
        await Eventually.ShouldBeAsync(() => _machine.Report($"{_later}-1-1")?.State == AttemptState.Succeeded, "the third has ended");
        _machine.Folder.Write("go", "");
        await serving;
        await ShouldNameAsync(_machine.Attempt(), $"{_later}-1", $"{_machine.Group}-2");
        await ShouldNameAsync($"{_later}-1-1", $"{_machine.Group}-1", $"{_machine.Group}-2");

        async Task ShouldNameAsync(string attempt, params string[] others) =>
            (await _machine.ReportAsync(attempt)).Warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.EnvironmentChanged>()
                .Others.ShouldNotBeNull().ShouldBe(others, ignoreOrder: true);
    }

    // Each changes what pip finds between two runs of equal requirements.
    [Theory]
    [InlineData("pip.conf", "PIP_FIND_LINKS", "%/one", "%/two", "")]
    [InlineData("pip.conf", "", "", "", "[global]\nfind-links =\n  %/one\n/[global]\nfind-links =\n  %/two\n")]
    [InlineData(".pip/pip.conf", "", "", "", "[install]\nfind_links = %/one/[install]\nfind_links = %/two")]
    [InlineData("own.conf", "PIP_CONFIG_FILE", "%/own.conf", "%/own.conf", "[global]\nfind-links: %/one/[global]\nfind-links: %/two")]
    public async Task Other_settings_of_pip_are_another_environment(
        string file, string variable, string first, string second, string contents)
    {
        const string command = "python3 -c 'import tiny_wheel; print(tiny_wheel.VALUE)'";
        var home = _machine.Folder["user"];
        foreach (var (folder, value) in new[] { ("one", "from the wheel"), ("two", "another") })
        {
            WriteWheel(value);
            Directory.CreateDirectory($"{home}/{folder}");
            File.Copy(_machine.Folder[$"project/{Wheel}"], $"{home}/{folder}/{Wheel}");
        }

        File.Delete(_machine.Folder[$"project/{Wheel}"]);
        (await RunAsync(_machine.Group, 0, first)).ShouldBe(["from the wheel"]);
        (await RunAsync(_later, 1, second)).ShouldBe(["another"]);
        // The folder's content counts, and not only its name.
        File.Copy($"{home}/one/{Wheel}", $"{home}/two/{Wheel}", overwrite: true);
        (await RunAsync(_last, 1, second)).ShouldBe(["from the wheel"]);

        async Task<IReadOnlyList<string>> RunAsync(string group, int number, string value)
        {
            var spec = await SpecAsync("tiny-wheel\n", command);
            var shell = new Dictionary<string, string>(spec.Shell) { ["HOME"] = home, ["PIP_NO_INDEX"] = "1" };
            // Pip ignores an empty variable, but not one of the machine that runs the tests.
            shell["PIP_FIND_LINKS"] = "";
            if (variable.Length > 0) shell[variable] = value.Replace("%", home, StringComparison.Ordinal);
            if (contents.Length > 0)
            {
                var path = file == "pip.conf" ? $"{home}/.config/pip/pip.conf" : $"{home}/{file}";
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var half = contents.IndexOf("/[", StringComparison.Ordinal);
                var text = number == 0 ? contents[..half] : contents[(half + 1)..];
                await File.WriteAllTextAsync(path, text.Replace("%", home, StringComparison.Ordinal));
            }

            _machine.Queue.Add(_machine.Assign(spec with { Shell = shell }, group: group));
            await _machine.ServeAsync();
            (await _machine.ReportAsync($"{group}-1-1")).Reason.Words().ShouldBeNull();
            return await _machine.PrintedAsync(attempt: $"{group}-1-1");
        }
    }

    [Fact]
    public async Task An_environment_with_an_unknown_line_serves_one_group()
    {
        _machine.Folder.Write("wheels/page.html", "");
        var spec = await SpecAsync($"--no-index\n-f {_machine.Folder["wheels/page.html"]}\n./{Wheel}\n", "true");
        _machine.Queue.Add(_machine.Assign(spec, repeat: 2));
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).Warnings.ShouldHaveSingleItem().ShouldBeOfType<Warning.EnvironmentNotReused>().Line
            .ShouldContain("page.html");
        (await MadeAsync(_machine.Attempt()) + await MadeAsync(_machine.Attempt(repeat: 2))).ShouldBe(1);
        _machine.Queue.Add(_machine.Assign(spec, group: _later));
        await _machine.ServeAsync();
        (await MadeAsync($"{_later}-1-1")).ShouldBe(1);
    }

    private static bool IsFree(string path)
    {
        using var held = FileLock.TryAcquire(path);
        return held is not null;
    }

    private async Task<WorkSpec> SpecAsync(string requirements, string command)
    {
        _machine.Write("requirements.txt", requirements);
        // Without uv, whatever else this machine has: pip is what everybody has.
        return await _machine.SpecAsync(command) with
        {
            Environment = new EnvironmentSpec("requirements", "requirements.txt", Guid.NewGuid().ToString("N")),
            Shell = new Dictionary<string, string> { ["PATH"] = _python.SearchPath },
        };
    }

    private async Task ShouldHaveWorkedAsync(string attempt)
    {
        var report = await _machine.ReportAsync(attempt);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync(attempt: attempt)).ShouldBe(["from the wheel True"]);
    }

    private async Task<int> MadeAsync(string attempt) =>
        (await _machine.PrintedAsync('t', attempt)).Count(line => line.Contains(" -m venv "));
}
