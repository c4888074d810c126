using System.IO.Compression;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Cli.Tests.Nodes;

public sealed class Agents_on_bare_machines
{
    // Counts on from its checkpoint, and then sleeps.
    private const string Counting =
        "n=$(cat $TENFOLD_CHECKPOINT_DIR/n 2>/dev/null || echo 0); echo from $n; echo $((n + 1)) > $TENFOLD_CHECKPOINT_DIR/n; sleep 600";

    [Fact]
    public async Task One_of_many_agents_executes_an_attempt_and_none_needs_NET()
    {
        await using var place = new Sandbox();
        var work = Make(place);
        await work.SubmitAsync($"echo ran >> {place.Outside}/ran; sleep 2");
        var agents = Enumerable.Range(0, 20).Select(i => work.Start($"node{i}", work.Attempt())).ToList();
        foreach (var agent in agents) (await agent.EndAsync()).With(0);
        place.Lines("ran").ShouldBe(["ran"]);
        work.Report(work.Attempt())!.State.ShouldBe(AttemptState.Succeeded);
        Directory.GetDirectories(place.Root, "none", SearchOption.AllDirectories).ShouldBeEmpty("an agent in a job creates no home");
    }

    [Fact]
    public async Task An_attempt_is_lost_with_its_agent_and_the_next_resumes_from_the_last_checkpoint()
    {
        await using var place = new Sandbox();
        var work = Make(place);
        await work.SubmitAsync(Counting);
        using var first = work.Start("node1", work.Attempt(), "SLURM_JOB_ID=7");
        await Until.True(
            () => File.Exists($"{place.Root}/store/{CheckpointSet.ManifestKey(work.Attempt(), 1)}"), "a checkpoint is in the store");
        first.Kill();

        // The backend starts the job again on another machine. That agent reports the attempt as lost and does nothing else.
        using var again = work.Start("node2", work.Attempt(), "SLURM_JOB_ID=7", "SLURM_RESTART_COUNT=1");
        (await again.EndAsync()).With(0);
        var report = work.Report(work.Attempt())!;
        (report.State, report.IsRetried).ShouldBe((AttemptState.Lost, true));

        // The next attempt runs on the machine where the killed agent left its command. It ends that command and resumes.
        await work.SubmitAsync(Counting, number: 2);
        using var next = work.Start("node1", work.Attempt(2), "SLURM_JOB_ID=8");
        await Until.True(() => work.Log(work.Attempt(2)).Contains("o from 1"), "the attempt resumes from the checkpoint");
        place.Processes().Count(process => process.Command.Contains("sleep 600") && process.Command.StartsWith("/bin/sh")).ShouldBe(1);
        next.Signal(OwnProcesses.SigTerm);
        (await next.EndAsync()).With(0);
        work.Report(work.Attempt(2))!.State.ShouldBe(AttemptState.Lost);
    }

    [Fact]
    public async Task Ten_agents_create_one_environment()
    {
        await using var place = new Sandbox();
        using (var wheel = ZipFile.Open($"{place.Project}/tiny_wheel-1.0-py3-none-any.whl", ZipArchiveMode.Create))
        {
            Add("tiny_wheel.py", "VALUE = 'from the wheel'\n");
            Add("tiny_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n");
            Add("tiny_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add("tiny_wheel-1.0.dist-info/RECORD", "");

            void Add(string name, string content)
            {
                using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
                writer.Write(content);
            }
        }

        place.Write("requirements.txt", "--no-index\n./tiny_wheel-1.0-py3-none-any.whl\n");
        var work = Make(place);
        await work.SubmitAsync(
            "python3 -c 'import tiny_wheel; print(tiny_wheel.VALUE)'", repeat: 10,
            with: spec => spec with { Environment = new EnvironmentSpec("requirements", "requirements.txt", "aa") });
        var agents = Enumerable.Range(1, 10).Select(i => work.Start("node", work.Attempt(repeat: i))).ToList();
        foreach (var agent in agents) (await agent.EndAsync()).With(0);
        var logs = Enumerable.Range(1, 10).Select(i => work.Log(work.Attempt(repeat: i))).ToList();
        logs.ShouldAllBe(log => log.Contains("o from the wheel"));
        logs.Count(log => log.Any(line => line.Contains(" -m venv "))).ShouldBe(1);
        Directory.GetDirectories($"{place.Root}/node/scratch/environments").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_agent_that_cannot_reach_the_store_reports_it_on_standard_error()
    {
        await using var place = new Sandbox();
        // Nothing listens on loopback's discard port.
        place.Variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9";
        place.Variables["AWS_ACCESS_KEY_ID"] = place.Variables["AWS_SECRET_ACCESS_KEY"] = "x";
        var ended = await place.Run(
            "agent", "run", "--store", "s3://bucket/prefix", "--attempt", "k7m2xqab-1-1", "--home", $"{place.Root}/scratch",
            "--store-timeout", "1");
        ended.ExitCode.ShouldNotBe(0);
        ended.Error.ShouldContain("s3://bucket/prefix");
    }

    private static Work Make(Sandbox place)
    {
        place.Write("README", "a project\n");
        return new Work(place, new FolderStore($"{place.Root}/store"));
    }
}
