using Tenfold.Agent.Preparation;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class Requirements_know_what_they_include : IDisposable
{
    private readonly TemporaryFolder _code = new();

    public void Dispose() => _code.Dispose();

    [Theory]
    [InlineData("-r base.txt")]
    [InlineData("--requirement=base.txt")]
    [InlineData("-c base.txt")]
    public void Another_included_file_is_another_environment(string line)
    {
        _code.Write("requirements.txt", $"{line}\n");
        _code.Write("base.txt", "numpy==1.0\n");
        var before = Requirements.Read(_code.Path, "requirements.txt");
        _code.Write("base.txt", "numpy==2.0\n");
        before.Fault.ShouldBeNull();
        Requirements.Read(_code.Path, "requirements.txt").Content.ShouldNotBe(before.Content);
    }

    [Fact]
    public void Another_package_in_the_project_is_another_environment()
    {
        _code.Write("requirements.txt", "./lib\n");
        _code.Write("lib/setup.py", "one");
        var before = Requirements.Read(_code.Path, "requirements.txt").Content;
        _code.Write("lib/setup.py", "two");
        Requirements.Read(_code.Path, "requirements.txt").Content.ShouldNotBe(before);
    }

    [Fact]
    public void Files_that_include_each_other_end()
    {
        _code.Write("requirements.txt", "-r other.txt\n");
        _code.Write("other.txt", "-r requirements.txt\n");
        Requirements.Read(_code.Path, "requirements.txt").Fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("-r gone.txt", "gone.txt")]
    [InlineData("-e .", "leave -e away")]
    public void What_can_not_work_is_refused(string line, string words)
    {
        _code.Write("requirements.txt", $"{line}\n");
        Requirements.Read(_code.Path, "requirements.txt").Fault.ShouldNotBeNull().ShouldContain(words);
    }
}
