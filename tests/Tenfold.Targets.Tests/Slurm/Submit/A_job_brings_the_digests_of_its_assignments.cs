using System.Diagnostics;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Tests.Slurm.Rest;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class A_job_brings_the_digests_of_its_assignments
{
    private static readonly string[] Attempts = ["k7m2xqab-1-1", "k7m2xqab-2-1", "k7m2xqab-3-1"];

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void Each_element_gets_its_own_and_those_that_it_may_take_on(int index, bool isShared)
    {
        var digests = Attempts.Select((attempt, i) => (attempt, new string((char)('a' + i), 64))).ToDictionary();
        var request = RestBench.Bare with
        {
            Label = new JobLabel("l", Attempts),
            Digests = digests,
            SharingSeconds = isShared ? 60 : 0,
            Launch = new AgentLaunch($"printenv {SiblingDigests.Variable}\n", "/bin/echo"),
        };
        var lines = Run(request.Script, index);
        lines[^1].ShouldContain($"--attempt {Attempts[index]} --assignment-sha256 {digests[Attempts[index]]}");
        var known = SiblingDigests.Read(isShared ? lines[0] : null, Attempts);
        if (isShared) known.ShouldBe(digests);
        else known.ShouldBeNull();
    }

    [Fact]
    public void An_array_whose_digests_fit_into_no_variable_shares_nothing()
    {
        var attempts = Enumerable.Range(1, 2000).Select(i => $"k7m2xqab-{i}-1").ToList();
        var request = RestBench.Bare with
        {
            Label = new JobLabel("l", attempts),
            Digests = attempts.ToDictionary(attempt => attempt, _ => new string('0', 64)),
            SharingSeconds = 60,
        };
        request.Script.ShouldNotContain(SiblingDigests.Variable);
        request.Script.ShouldContain("--assignment-sha256");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("; ; ;")]
    public void Digests_that_do_not_match_the_attempts_are_none(string text) =>
        SiblingDigests.Read(text, Attempts).ShouldNotBeNull().ShouldBeEmpty();

    private static string[] Run(string script, int index)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["SLURM_ARRAY_TASK_ID"] = $"{index}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
