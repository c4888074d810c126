using System.IO.Compression;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class An_environment_is_made_once : IDisposable
{
    private const string Wheel = "tiny_wheel-1.0-py3-none-any.whl";
    private readonly Machine _machine = new();

    public An_environment_is_made_once()
    {
        Directory.CreateDirectory(_machine.Folder["project"]);
        using var wheel = ZipFile.Open(_machine.Folder[$"project/{Wheel}"], ZipArchiveMode.Create);
        Add("tiny_wheel.py", "VALUE = 'from the wheel'\n");
        Add("tiny_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n");
        Add("tiny_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add("tiny_wheel-1.0.dist-info/RECORD",
            "tiny_wheel.py,,\ntiny_wheel-1.0.dist-info/METADATA,,\ntiny_wheel-1.0.dist-info/WHEEL,,\ntiny_wheel-1.0.dist-info/RECORD,,\n");

        void Add(string name, string content)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task From_requirements_for_all_runs_and_anew_when_a_half_made_one_is_found()
    {
        var spec = await SpecAsync(
            $"--no-index\n./{Wheel}\n", """python3 -c 'import tiny_wheel, sys; print(tiny_wheel.VALUE, sys.prefix == "'$VIRTUAL_ENV'")'""");
        _machine.Queue.Add(_machine.Assign(spec, repeat: 2));
        await _machine.ServeAsync();
        for (var i = 1; i <= 2; i++) await ShouldHaveWorkedAsync(_machine.Attempt(repeat: i));
        (await Task.WhenAll(MadeAsync(_machine.Attempt()), MadeAsync(_machine.Attempt(repeat: 2)))).Sum().ShouldBe(1);

        // As a crash would leave it: without the mark, and with something missing.
        var place = Directory.GetDirectories(_machine.Folder["home/environments"]).ShouldHaveSingleItem();
        File.Delete(Path.Combine(place, ".ready"));
        Directory.Delete(Path.Combine(place, "lib"), recursive: true);
        _machine.Queue.Add(_machine.Assign(spec, group: "later000"));
        await _machine.ServeAsync();
        await ShouldHaveWorkedAsync("later000-1-1");
        (await MadeAsync("later000-1-1")).ShouldBe(1);
    }

    [Fact]
    public async Task One_that_was_damaged_while_a_run_lives_on_it_is_left_to_it_and_made_once_more()
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
            _machine.Queue.Add(_machine.Assign(spec, group: "later000"));
            await _machine.ServeAsync();
            await ShouldHaveWorkedAsync("later000-1-1");
            File.Exists(Path.Combine(place, "bin/python3")).ShouldBeTrue();
        }

        // What other tests start may hold a descriptor of it for an instant.
        await Eventually.ShouldBeAsync(() => IsFree(CacheEntry.UseOf(place)), "nobody uses it");
        _machine.Queue.Add(_machine.Assign(spec, group: "last0000"));
        await _machine.ServeAsync();
        await ShouldHaveWorkedAsync("last0000-1-1");
        File.Exists(module).ShouldBeTrue();
        (await MadeAsync("last0000-1-1")).ShouldBe(1);
    }

    [Fact]
    public async Task It_is_held_for_as_long_as_its_run_lives()
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

    [Fact]
    public async Task What_pip_says_reaches_the_reason()
    {
        var report = await _machine.RunAsync(await SpecAsync("--no-index\nno-such-package-at-all==9\n", "echo started"));
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("the environment of requirements.txt could not be made");
        report.Reason.Words().ShouldNotBeNull().ShouldContain("no-such-package-at-all");
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_conda_an_environment_yml_is_refused_with_what_to_install()
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
            Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
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
