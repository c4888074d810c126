using System.Diagnostics;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>The real agent in training jobs that really run.</summary>
public sealed class Scripts_train_as_on_SageMaker(S3Server server) : IClassFixture<S3Server>
{
    [Fact]
    public async Task A_script_finds_what_the_toolkit_gives_and_its_model_is_stored_twice()
    {
        await using var bench = new SageMakerBench(server);
        var assignment = (await bench.AssignAsync(
            """
            echo weights > $SM_MODEL_DIR/weights; echo curve > $SM_OUTPUT_DATA_DIR/curve
            env | grep '^SM_' | sort > $TENFOLD_OUTPUT_DIR/variables; pwd; echo loss=0.5; echo to stderr >&2
            """, 1,
            spec => spec with
            {
                Parameters = System.Text.Json.JsonDocument.Parse("""{"lr": 0.1}""").RootElement,
                Resources = new ResourceSpec { Cpus = 2 },
            }))[0];
        await bench.Target.StartAsync([assignment], default);
        await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        var report = await ReportAsync(bench, assignment.Attempt);
        report!.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        bench.Aws.SageMaker.StatusOf(SageMakerBench.JobOf(assignment)).ShouldBe(("Completed", "Completed"));
        // For Tenfold's users: the files.
        (await ReadAsync(bench, assignment, "model/weights")).ShouldBe("weights\n");
        (await ReadAsync(bench, assignment, "output/curve")).ShouldBe("curve\n");
        var variables = await ReadAsync(bench, assignment, "output/variables");
        foreach (var expected in (string[])
            [
                "SM_MODEL_DIR=/opt/ml/model", "SM_OUTPUT_DATA_DIR=/opt/ml/output/data", "SM_HP_LR=0.1", "SM_HPS={\"lr\":0.1}",
                "SM_NUM_GPUS=0", "SM_NUM_CPUS=2", "SM_CURRENT_HOST=algo-1", "SM_CHANNELS=[]", "SM_INPUT_CONFIG_DIR=/opt/ml/input/config",
                "SM_CURRENT_INSTANCE_TYPE=ml.m5.large", "SM_NETWORK_INTERFACE_NAME=eth0",
            ])
            variables.Split('\n').ShouldContain(expected.Replace("/opt/ml", MlOf(variables)));
        // For SageMaker's own users: the archives, and the log.
        var job = bench.Show(assignment);
        var archive = job["ModelArtifacts"]!["S3ModelArtifacts"]!.GetValue<string>();
        archive.ShouldEndWith($"/attempts/{assignment.Attempt}/sagemaker/{SageMakerBench.JobOf(assignment)}/output/model.tar.gz");
        (await UnpackAsync(bench, archive, "./weights")).ShouldBe("weights\n");
        var log = Log(bench, assignment);
        log.ShouldContain("loss=0.5");
        log.ShouldContain("to stderr");
    }

    [Fact]
    public async Task A_secret_reaches_the_script_and_neither_the_request_nor_the_store_nor_a_log()
    {
        await using var bench = new SageMakerBench(server);
        var assignment = (await bench.AssignAsync(
            "echo length ${#TOKEN}, value $TOKEN", 1, spec => spec with { Secrets = ["TOKEN"] }))[0];
        (await bench.Target.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        Log(bench, assignment).ShouldContain("length 19, value ***");
        bench.Show(assignment).ToJsonString().ShouldNotContain("a token of the user");
        await foreach (var entry in bench.Store.ListAsync("attempts", default))
            System.Text.Encoding.UTF8.GetString((await bench.Store.ReadAsync(entry.Key, default))!).ShouldNotContain("a token of the user");
    }

    [Fact]
    public async Task A_stop_in_SageMakers_console_reaches_the_script_in_time_to_save()
    {
        await using var bench = new SageMakerBench(server);
        var assignment = (await bench.AssignAsync(
            "trap 'echo saved > $TENFOLD_MODEL_DIR/last; exit 0' TERM; echo ready; sleep 600 & wait $!"))[0];
        await bench.Target.StartAsync([assignment], default);
        await PrintsAsync(bench, assignment, "ready");
        using var client = new SageMakerClient(BatchFixture.OptionsOf(bench.Aws));
        await client.StopTrainingJobAsync(new(SageMakerBench.JobOf(assignment)), default);
        await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        bench.Aws.SageMaker.StatusOf(SageMakerBench.JobOf(assignment)).ShouldBe(("Stopped", "Stopped"));
        (await ReadAsync(bench, assignment, "model/last")).ShouldBe("saved\n");
        (await ReportAsync(bench, assignment.Attempt))!.State.IsFinal().ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_that_the_script_does_not_survive_counts_as_cancelled_outside()
    {
        await using var bench = new SageMakerBench(server);
        var assignment = (await bench.AssignAsync("echo ready; sleep 600"))[0];
        await bench.Target.StartAsync([assignment], default);
        await PrintsAsync(bench, assignment, "ready");
        using var client = new SageMakerClient(BatchFixture.OptionsOf(bench.Aws));
        await client.StopTrainingJobAsync(new(SageMakerBench.JobOf(assignment)), default);
        await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        var report = (await ReportAsync(bench, assignment.Attempt))!;
        (report.State, report.Ending).ShouldBe((AttemptState.Cancelled, Ending.Cancelled));
        report.Reason.ShouldBeOfType<Reason.OfBackend>().Fact.ShouldBe("stopped-outside");
    }

    [Fact]
    public async Task A_reclaimed_spot_machine_ends_the_attempt_and_the_job_continues_with_the_next()
    {
        await using var bench = new SageMakerBench(server);
        var mark = bench.Folder["mark"];
        var first = await bench.AssignAsync(
            $"if [ -e {mark} ]; then echo again; exit 0; fi; touch {mark}; echo ready; sleep 600", """{"spot": true}""");
        await bench.Target.StartAsync([first], default);
        await PrintsAsync(bench, first, "ready");
        bench.Aws.SageMaker.Interrupt(SageMakerBench.JobOf(first));
        // No controller has noticed anything.
        var next = RetryPolicy.Next(first, Ending.Lost)!;
        await Eventually.ShouldBeAsync(
            () => ReportAsync(bench, next.Attempt).GetAwaiter().GetResult()?.State.IsFinal() == true, "the next attempt has ended");
        var lost = (await ReportAsync(bench, first.Attempt))!;
        (lost.State, lost.IsRetried).ShouldBe((AttemptState.Lost, true));
        lost.Reason.ShouldBeOfType<Reason.OfBackend>().Fact.ShouldBe("spot-interrupted");
        var report = (await ReportAsync(bench, next.Attempt))!;
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        Log(bench, first).ShouldContain("again");
        // The controller submits the next attempt, which has no job of its own.
        (await bench.Target.StartAsync([next], default)).Single().ShouldBe(StartOutcome.Started);
        bench.Aws.SageMaker.Names.ShouldHaveSingleItem();
        (await bench.UntilAsync(next, state => state.Kind == BackendKind.Gone)).End.ShouldBeNull();
    }

    [Fact]
    public async Task The_next_attempt_of_an_interrupted_job_is_observed_listed_and_stopped_through_that_job()
    {
        await using var bench = new SageMakerBench(server);
        var first = await bench.AssignAsync("echo ready $TENFOLD_RUN; sleep 600", """{"spot": true}""");
        await bench.Target.StartAsync([first], default);
        await PrintsAsync(bench, first, "ready");
        bench.Aws.SageMaker.Interrupt(SageMakerBench.JobOf(first));
        var next = RetryPolicy.Next(first, Ending.Lost)!;
        await Eventually.ShouldBeAsync(
            () => ReportAsync(bench, next.Attempt).GetAwaiter().GetResult()?.Process is not null, "the next attempt runs");
        // Another process, which has seen neither of them.
        var other = bench.Open();
        (await other.StartAsync([next], default)).Single().ShouldBe(StartOutcome.Started);
        await bench.UntilAsync(next, state => state.Kind == BackendKind.Running, other);
        (await other.ListAsync(Work.Ledger, default)).ShouldBe([next.Attempt]);
        await StopMarks.WriteAsync(bench.Store, [next.Attempt], TimeProvider.System, default);
        await other.StopAsync([next.Attempt], default);
        await bench.UntilAsync(next, state => state.Kind == BackendKind.Gone, other);
        (await ReportAsync(bench, next.Attempt))!.State.ShouldBe(AttemptState.Cancelled);
        bench.Aws.Calls.Count("sagemaker", "StopTrainingJob").ShouldBe(0, "the agent obeys the stop mark");
        bench.Aws.SageMaker.Names.ShouldHaveSingleItem();
    }

    private static Task<AttemptReport?> ReportAsync(SageMakerBench bench, string attempt) =>
        new AttemptReports(bench.Store).ReadAsync(attempt, default);

    private static async Task<string> ReadAsync(SageMakerBench bench, Assignment assignment, string path) =>
        System.Text.Encoding.UTF8.GetString(
            (await bench.Store.ReadAsync(ArtifactManifest.FilesKey(assignment.Attempt) + path, default)).ShouldNotBeNull(path));

    private static Task PrintsAsync(SageMakerBench bench, Assignment assignment, string text) => Eventually.ShouldBeAsync(
        () => bench.Aws.SageMaker.LogStreamOf(SageMakerBench.JobOf(assignment)) is not null
            && Log(bench, assignment).Any(line => line.StartsWith(text, StringComparison.Ordinal)), $"the script prints {text}");

    private static IReadOnlyList<string> Log(SageMakerBench bench, Assignment assignment) =>
        bench.Aws.Logs.Lines("/aws/sagemaker/TrainingJobs", bench.Aws.SageMaker.LogStreamOf(SageMakerBench.JobOf(assignment))!);

    // Where this machine allows no private mount, the double translates the folder.
    private static string MlOf(string variables)
    {
        const string name = "SM_MODEL_DIR=";
        var line = variables.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return line[name.Length..^"/model".Length];
    }

    private static async Task<string> UnpackAsync(SageMakerBench bench, string url, string file)
    {
        var root = bench.Store.Url;
        url.ShouldStartWith(root);
        var archive = await bench.Store.ReadAsync(url[root.Length..].TrimStart('/'), default);
        await File.WriteAllBytesAsync(bench.Folder["model.tar.gz"], archive!);
        using var tar = Process.Start(new ProcessStartInfo("tar", ["-xzOf", bench.Folder["model.tar.gz"], file])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        return await tar.StandardOutput.ReadToEndAsync();
    }
}
