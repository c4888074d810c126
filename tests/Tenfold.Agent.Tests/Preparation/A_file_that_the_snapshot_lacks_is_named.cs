using Tenfold.Core.Reasons;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class A_file_that_the_snapshot_lacks_is_named : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("python3 -c \"open('data/train.csv')\"", "data/train.csv")]
    [InlineData("cat data/train.csv", "data/train.csv")]
    [InlineData("cat ./data/../data/train.csv", "data/train.csv")]
    [InlineData("python3 -c \"import os; open(os.path.abspath('data/train.csv'))\"", "data/train.csv")]
    [InlineData("python3 -c \"open('data/new.csv', 'w')\"", "data")]
    [InlineData("python3 -c \"import os; os.listdir('data')\"", "data")]
    [InlineData("python3 -c 'import settings_local'", "settings_local.py")]
    [InlineData("echo 'Konnte data/train.csv nicht lesen' >&2; exit 3", "data/train.csv")]
    [InlineData("python3 -c \"open('data/train.csv')\" || exit 0", null)] // it did not fail
    [InlineData("echo 'bad data' >&2; exit 1", null)]
    [InlineData("cat nothing.csv", null)]
    [InlineData("cat ../train.csv /nothing.csv value.txt/x", null)]
    public async Task In_a_warning_of_the_run(string command, string? path)
    {
        _machine.Write("value.txt", "1\n");
        _machine.Write(".gitignore", "data/\nsettings_local.py\n");
        _machine.Write("data/train.csv", "1\n");
        _machine.Write("settings_local.py", "A = 1\n");
        var spec = await _machine.SpecAsync(command) with { ProjectFolders = [_machine.Folder["project"]] };
        var report = await _machine.RunAsync(spec);
        report.Warnings.OfType<Warning.FileLeftOut>().Select(warning => warning.Path).ShouldBe(path is null ? [] : [path]);
    }
}
