using Tenfold.Aws.Tests.Servers;
using Tenfold.Cli;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Data channels in a bucket are pinned there, and the machines that execute runs fetch them.</summary>
public sealed class Data_in_a_bucket(Cloud cloud) : IClassFixture<Cloud>
{
    // For the tests' own client of the bucket. The program gets its variables from the sandbox.
    static Data_in_a_bucket()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
    }

    private const string Script =
        "cat $TENFOLD_DATA_TRAIN/a.csv $TENFOLD_DATA_TRAIN/deep/b.csv $TENFOLD_DATA_ONE\nbasename $TENFOLD_DATA_ONE\n" +
        "echo keys: $(env | grep -c AWS_)\n" + Sandbox.SeedScript;

    private static readonly string[] Printed = ["1,2", "3,4", "5,6", "one.csv", "keys: 0"];
    private readonly string _prefix = $"data-{Guid.NewGuid():N}";

    private string Url => $"s3://{S3Server.Bucket}/{_prefix}";

    private async Task PutAsync(string key, string content)
    {
        using var bucket = cloud.Bucket.Store(_prefix);
        await bucket.WriteAsync(key, System.Text.Encoding.UTF8.GetBytes(content), CancellationToken.None);
    }

    // A project on the cluster or on this machine, with a folder as the store.
    private async Task<Sandbox> ProjectAsync(bool cluster = false, string? script = null)
    {
        await PutAsync("set/a.csv", "1,2\n");
        await PutAsync("set/deep/b.csv", "3,4\n");
        await PutAsync("one.csv", "5,6\n");
        var place = cluster ? cloud.Project(script ?? Script) : new Sandbox().Toy(script ?? Script);
        place.Write(
            "tenfold.yaml",
            (await File.ReadAllTextAsync(Path.Combine(place.Project, "tenfold.yaml")))
                .Replace("train:\n", $"train:\n  data: {{ train: {Url}/set, one: {Url}/one.csv }}\n"));
        cloud.GiveAccess(place);
        return place;
    }

    private static async Task ShouldHavePrintedAsync(Sandbox place, string run) =>
        (await place.Run("logs", run)).With(0).Out.Split('\n').Where(line => !line.StartsWith("[tenfold] ", StringComparison.Ordinal))
            .Take(Printed.Length).ShouldBe(Printed);

    [Fact]
    public async Task A_local_run_reads_it_and_the_store_has_only_its_manifest()
    {
        await using var place = await ProjectAsync();
        var dry = (await place.Run("fit", "--dry-run")).With(0).Out;
        string[] lines = [$"{Url}/set/   2 files, 8 B", $"{Url}/one.csv   4 B", "SHA-256 of its ETags"];
        foreach (var line in lines) dry.ShouldContain(line);
        var first = await place.Fit("--repeat", "3");
        var second = await place.Fit("--repeat", "3");
        foreach (var run in first.Runs()) await ShouldHavePrintedAsync(place, run.Id());
        var (before, after) = (first.At("group.data.train"), second.At("group.data.train"));
        before.Text("path").ShouldBe($"{Url}/set/");
        (before.Number("sizeBytes"), before.Number("files")).ShouldBe((8, 2));
        after.Text("hash").ShouldBe(before.Text("hash"));
        Directory.GetFiles(Path.Combine(place.Home, "store", "data"), "*", SearchOption.AllDirectories).Select(Path.GetFileName)
            .ShouldAllBe(name => name == "manifest.json");
        (await place.Run("compare", first.Group(), second.Group())).With(0).Out.ShouldNotContain("The data differs");
        (await place.Run("show", first.Group())).With(0).Out.ShouldContain($"{Url}/set/");
        (await place.Run("doctor")).Out.ShouldContain($"{Url}/set, 2 objects");
        (await place.Run("gc", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);

        await PutAsync("set/deep/b.csv", "3,5\n");
        (await place.Run("fit", "--like", first.Group())).With(ExitCodes.BadInput)
            .Saying("data channel 'train'", "has changed", "without --like");
        var third = await place.Fit("--repeat", "3");
        third.Text("group.data.train.hash").ShouldNotBe(before.Text("hash"));
        (await place.Run("logs", third.Runs()[0].Id())).With(0).Out.ShouldContain("3,5");
        (await place.Run("compare", first.Group(), third.Group())).Out.ShouldContain("The data differs: channel 'train'");
        (await place.Run("report", first.Group(), third.Group(), "-o", "report.html")).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Project, "report.html"))).ShouldContain($"{Url}/set/");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_of_a_cluster_fetches_it_from_the_bucket(bool bucket)
    {
        await using var place = await ProjectAsync(cluster: true);
        if (bucket) cloud.UseBucket(place, $"{_prefix}/store");
        var there = await place.Fit("--repeat", "3", "--on", "cluster");
        there.Runs().Select(run => run.State()).ShouldAllBe(state => state == "succeeded");
        foreach (var run in there.Runs()) await ShouldHavePrintedAsync(place, run.Id());
        cloud.Jobs().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replaced_object_fails_the_run_and_a_retry_succeeds_once_it_is_restored()
    {
        await using var place = await ProjectAsync();
        var go = Path.Combine(place.Outside, "go");
        // The first run occupies all cores. The second run is planned and waits.
        place.Write(
            "hold/tenfold.yaml",
            $$"""
            name: hold
            train: { command: 'touch {{place.Outside}}/held; while [ ! -e {{go}} ]; do sleep 0.05; done' }
            resources: { cpus: {{Environment.ProcessorCount}} }

            """);
        (await place.RunIn(Path.Combine(place.Project, "hold"), "fit", "--detach")).With(0);
        await Until.True(() => File.Exists($"{place.Outside}/held"), "the first run occupies the machine");
        var run = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        await PutAsync("set/a.csv", "9,9\n");
        await File.WriteAllTextAsync(go, "");
        var failed = (await place.RunsUntilAllEnded()).Single(one => one.Id() == run);
        failed.State().ShouldBe("failed");
        string[] parts = ["channel 'train'", "changed since the run was planned", $"{Url}/set/a.csv was replaced"];
        foreach (var part in parts) failed.Text("reason")!.ShouldContain(part);
        await PutAsync("set/a.csv", "1,2\n");
        (await place.Run("retry", run)).With(0);
        await ShouldHavePrintedAsync(place, run);
    }

    [Fact]
    public async Task All_its_faults_are_reported_at_once_and_nothing_is_recorded()
    {
        await using var place = await ProjectAsync();
        place.Write(
            "tenfold.yaml",
            $"name: toy\ntrain: {{ command: 'true', data: {{ a: {Url}/none, b: s3://no-such-bucket/x/, c: missing.csv }} }}\n");
        (await place.Run("fit")).With(ExitCodes.BadInput)
            .Saying($"data.a: there is no object {Url}/none", "data.b: there is no bucket 'no-such-bucket'", "data channel 'c'");
        place.Write("tenfold.yaml", $"name: toy\ntrain: {{ command: 'true', data: {{ a: {Url}/set/ }} }}\n");
        place.Variables["AWS_ACCESS_KEY_ID"] = "AKIAWRONG";
        place.Variables["AWS_SECRET_ACCESS_KEY"] = "hush-hush";
        var denied = (await place.Run("fit")).With(ExitCodes.BadInput).Saying("data.a: ", "doesn't accept the AWS credentials");
        denied.Error.ShouldNotContain("hush-hush");
        place.Variables["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:1";
        (await place.Run("fit")).With(ExitCodes.CannotWrite).Saying("data.a: ", "can't be reached");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_sweep_reads_it()
    {
        await using var place = await ProjectAsync(
            script: """
            cat $TENFOLD_DATA_TRAIN/a.csv
            echo "{\"metric\":\"accuracy\",\"value\":$TENFOLD_PARAM_X}"
            """);
        File.AppendAllText(
            Path.Combine(place.Project, "tenfold.yaml"),
            "sweep: { parameters: { x: { min: 0.0, max: 1.0 } }, method: sobol, trials: 4, parallel: 2, " +
            "confirm: { top: 1, repeat: 2 } }\n");
        (await place.Run("sweep", "--dry-run")).With(0).Out.ShouldContain($"{Url}/set/   2 files, 8 B");
        var sweep = (await place.Run("sweep", "--json")).With(0).Json;
        sweep.At("trials").EnumerateArray().Count(trial => trial.State() == "completed").ShouldBe(4);
    }
}
