using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class New_files_in_the_working_folder_are_stored : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    // A link to a file that the run made, to one of the project, to a folder; through another link.
    [InlineData("echo w > a; ln -s a best", "work/a work/best")]
    [InlineData("ln -s README readme", "work/readme")]
    [InlineData("mkdir d; echo w > d/a; ln -s d now", "work/d/a work/now/a")]
    [InlineData("mkdir d; echo w > d/a; ln -s d/a one; ln -s one two", "work/d/a work/one work/two")]
    [InlineData(
        "mkdir d; echo w > d/a; cd d; ln -s a 'with space'; ln -s a \"$(printf 'new\\nline')\"",
        "work/d/a work/d/new\nline work/d/with space")]
    [InlineData("mkdir -p d/.git; echo c > d/.git/config; echo w > .hidden", "work/.hidden work/d/.git/config")]
    public async Task A_link_is_stored_as_the_file_that_it_points_to(string command, string kept)
    {
        var report = await RunAsync(command);
        report.Warnings.ShouldBeEmpty();
        (await _machine.ManifestAsync()).Files.Select(file => file.Path).ShouldBe(kept.Split(" work/").Select(
            (path, i) => i == 0 ? path : $"work/{path}"));
    }

    [Theory]
    [InlineData("ln -s nowhere gone", "work/gone", "it is a link to nowhere, which doesn't exist")]
    [InlineData("ln -s loop loop", "work/loop", "which doesn't exist")]
    [InlineData("mkdir d; ln -s .. d/up", "work/d/up", "a folder that contains it")]
    [InlineData("ln -s /etc/hostname outside", "work/outside", "outside work/")]
    [InlineData("mkfifo pipe", "work/pipe", "a socket, a pipe or a device")]
    [InlineData("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'", "work/s", "a socket, a pipe or a device")]
    [InlineData("touch $(printf 'bell\\007')", "work/bell\\u0007", "control character")]
    [InlineData("touch $(printf 'a\\377')", "work/a\\xff", "is not UTF-8")]
    [InlineData("mkdir v; touch v/pyvenv.cfg; mkdir v/lib; ln -s lib v/lib64", "work/v/lib64", "within a virtual environment")]
    public async Task Files_that_cannot_be_stored_are_named(string command, string path, string why)
    {
        var report = await RunAsync(command);
        var words = report.Warnings.ShouldHaveSingleItem().ToString();
        words.ShouldContain(path);
        words.ShouldContain(why);
        words.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public async Task Files_of_the_snapshot_are_neither_stored_nor_named()
    {
        _machine.Write("src/a.py", "1");
        File.CreateSymbolicLink(_machine.Folder["project/link"], "src");
        var report = await RunAsync("ls -l > /dev/null");
        report.Warnings.ShouldBeEmpty();
        (await _machine.ManifestAsync()).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Excluded_files_are_not_named_either()
    {
        var report = await _machine.RunAsync(
            "mkfifo a.pipe; mkdir tmp __pycache__; mkfifo tmp/p __pycache__/p; ln -s nowhere tmp/gone",
            spec => spec with { Exclude = ["*.pipe", "tmp/"] });
        report.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_faults_are_counted_and_the_manifest_names_each()
    {
        var report = await RunAsync("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do mkfifo p$i; done");
        report.Warnings.Count.ShouldBe(11);
        report.Warnings[^1].ShouldBe(new Warning.MoreFilesNotStored(3));
        (await _machine.ManifestAsync()).Skipped.Count.ShouldBe(13);
    }

    [Fact]
    public async Task A_program_stays_executable_even_when_only_its_permission_changed()
    {
        await RunAsync("printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh README; ln -s run.sh go");
        (await _machine.ManifestAsync()).Files.Select(file => (file.Path, file.Executable)).ShouldBe(
            [("work/README", true), ("work/go", true), ("work/run.sh", true)]);
    }

    private async Task<AttemptReport> RunAsync(string command)
    {
        var report = await _machine.RunAsync(command);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        return report;
    }
}
