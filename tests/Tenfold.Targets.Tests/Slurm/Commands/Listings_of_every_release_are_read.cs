using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Tests.Slurm.Commands;

public sealed class Listings_of_every_release_are_read
{
    private const string Comment = "tenfold:ledgerxx:k7m2xqab-[1-6]-1";

    // squeue's exit_code is the wait status up to 22.05, and exit code and signal since 23.02.
    [Theory]
    [InlineData("20.02", "17920", "9", "256", "0")]
    [InlineData("22.05", "17920", "9", "256", "0")]
    [InlineData("23.02", "70:0", "0:9", "1:0", "0:0")]
    [InlineData("25.05", "70:0", "0:9", "1:0", "0:0")]
    public void Exit_codes_of_old_and_new_releases_are_read(string release, string seventy, string killed, string one, string none)
    {
        var jobs = SqueueListing.Read(string.Concat(
            Line("3", "FAILED", "NonZeroExitCode", seventy, "n1"),
            Line("2", "FAILED", "RaisedSignal:9(Killed)", killed, "n1"),
            Line("1", "FAILED", "NonZeroExitCode", one, "n2"),
            Line("0", "COMPLETED", "None", none, "n2"),
            Line("4-5%2", "PENDING", "Priority", none, "")));
        jobs.Select(job => job.WaitStatus).ShouldBe([70 << 8, 9, 1 << 8, 0, 0], release);
        jobs.Select(JobStates.ScriptExit).ShouldBe([70, null, 1, null, null], release);
        jobs[4].Indices.ShouldBe([4, 5]);
        var view = new QueueView(jobs);
        (JobStates.ToBackendState(view.Find("k7m2xqab-3-1")!).End, JobStates.ToBackendState(view.Find("k7m2xqab-6-1")!).Kind).ShouldBe(
            (Ending.Lost, BackendKind.Waiting));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-2")] // NO_VAL, as squeue up to 22.05 prints it
    [InlineData("1:")]
    [InlineData("1:2:3")]
    [InlineData("256:0")]
    public void Other_texts_are_not_exit_codes(string text) => SlurmExitCode.ReadWaitStatus(text).ShouldBeNull();

    private static string Line(string indices, string state, string reason, string code, string nodes) =>
        string.Join('\x1f', "7", indices, state, reason, "0", code, nodes, "k7m2xqab-[1-6]-1", Comment) + "\x1e\n";
}
