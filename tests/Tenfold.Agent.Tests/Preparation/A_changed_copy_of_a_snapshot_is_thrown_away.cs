namespace Tenfold.Agent.Tests.Preparation;

/// <summary>A run changes the copy of its snapshot that the next run of this machine would get.</summary>
public sealed class A_changed_copy_of_a_snapshot_is_thrown_away : IDisposable
{
    private readonly Machine _machine = new();

    public A_changed_copy_of_a_snapshot_is_thrown_away()
    {
        _machine.Write("value.txt", "clean");
        _machine.Write("deep/other.txt", "other");
        File.CreateSymbolicLink(_machine.Folder["project/link"], "value.txt");
    }

    private string Cache => _machine.Folder["home/snapshots"];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("chmod u+w value.txt; echo -n dirty > value.txt")]
    [InlineData("t=$(stat -c %y value.txt); chmod u+w value.txt; echo -n dirty > value.txt; touch -d \"$t\" value.txt")]
    [InlineData("rm -f value.txt; echo -n dirty > value.txt")]
    [InlineData("rm -f value.txt; ln -s /etc/hostname value.txt")]
    [InlineData("echo dirty > deep/sitecustomize.py")]
    [InlineData("rm deep/other.txt")]
    [InlineData("chmod a+x value.txt")]
    [InlineData("rm link; ln -s deep/other.txt link")]
    [InlineData("mv deep d; ln -s d deep")]
    public async Task The_next_run_gets_what_was_recorded(string change)
    {
        // Both runs have one agent, which runs one after the other.
        var spec = await _machine.SpecAsync(
            $"if [ $TENFOLD_REPEAT = 1 ]; then cd {Cache}/*/ && {{ {change}; }}; else cat value.txt deep/other.txt link; ls deep; "
            + "if test -x value.txt; then echo program; fi; fi");
        spec = spec with { Parallel = 1 };
        _machine.Queue.Add(_machine.Assign(spec, repeat: 2));
        await _machine.ServeAsync();
        (await _machine.ReportAsync(_machine.Attempt())).ExitCode.ShouldBe(0);
        var next = _machine.Attempt(repeat: 2);
        (await _machine.PrintedAsync(attempt: next)).ShouldBe(["cleanothercleanother.txt"]);
        (await _machine.PrintedAsync('t', next)).ShouldContain(line => line.Contains("was changed after it was fetched"));
    }

    [Fact]
    public async Task A_script_can_write_to_its_own_copy_and_not_to_that_of_the_machine()
    {
        var spec = await _machine.SpecAsync("echo more >> value.txt && cat value.txt");
        await _machine.RunAsync(spec);
        (await _machine.PrintedAsync()).ShouldBe(["cleanmore"]);
        const UnixFileMode writing = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        (File.GetUnixFileMode($"{Cache}/{spec.Snapshot}/value.txt") & writing).ShouldBe(UnixFileMode.None);
    }
}
