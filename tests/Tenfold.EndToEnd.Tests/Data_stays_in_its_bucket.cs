using Tenfold.Aws.Tests.Servers;
using Tenfold.Cli;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Data channels in a bucket: pinned where they are, and fetched by whoever runs.</summary>
public sealed class Data_stays_in_its_bucket(Cloud cloud) : IClassFixture<Cloud>
{
    // The tests' own client of the bucket; the program gets its from what starts it.
    static Data_stays_in_its_bucket()
    {
        foreach (var (name, value) in new[] { ("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
            ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_REGION", "us-east-1") })
            Environment.SetEnvironmentVariable(name, value);
    }

    private const string Script =
        "cat $TENFOLD_DATA_TRAIN/a.csv $TENFOLD_DATA_TRAIN/deep/b.csv $TENFOLD_DATA_ONE\nbasename $TENFOLD_DATA_ONE\necho keys: $(env | " +
        "grep -c AWS_)\n" + Sandbox.SeedScript;
    private static readonly string[] Printed = ["1,2", "3,4", "5,6", "one.csv", "keys: 0"];
    private readonly string _prefix = $"data-{Guid.NewGuid():N}";

    private string Url => $"s3://{S3Server.Bucket}/{_prefix}";

    private async Task PutAsync(string key, string content)
    {
        using var bucket = cloud.Bucket.Store(_prefix);
        await bucket.WriteAsync(key, System.Text.Encoding.UTF8.GetBytes(content), CancellationToken.None);
    }

    // On the cluster or here, with a folder as the store.
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
    public async Task A_run_on_this_machine_reads_it_and_the_store_has_the_list_alone()
    {
        await using var place = await ProjectAsync();
        var dry = (await place.Run("fit", "--dry-run")).With(0).Out;
        foreach (var words in new[] { $"{Url}/set/   2 files, 8 B", $"{Url}/one.csv   4 B", "SHA-256 of its ETags" })
            dry.ShouldContain(words);
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
            .Saying("data channel 'train'", "is not what it was", "start anew");
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
    public async Task A_node_of_a_cluster_fetches_it_from_there(bool bucket)
    {
        await using var place = await ProjectAsync(cluster: true);
        if (bucket) cloud.UseBucket(place, $"{_prefix}/store");
        var there = await place.Fit("--repeat", "3", "--on", "cluster");
        there.Runs().Select(run => run.State()).ShouldAllBe(state => state == "succeeded");
        foreach (var run in there.Runs()) await ShouldHavePrintedAsync(place, run.Id());
        cloud.Jobs().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_replaced_since_fails_the_run_and_is_retried_when_it_is_back()
    {
        await using var place = await ProjectAsync();
        var go = Path.Combine(place.Outside, "go");
        // The first run keeps the only core; the second is planned, and waits.
        place.Write(
            "hold/tenfold.yaml",
            "name: hold\ntrain: { command: 'touch held; while [ ! -e $GO ]; do sleep 0.05; done' }\nresources: { cpus: 1000 }\n".Replace(
                "$GO", go).Replace("touch held", $"touch {place.Outside}/held")
                    .Replace("resources: { cpus: 1000 }\n", $"resources: {{ cpus: {Environment.ProcessorCount} }}\n"));
        (await place.RunIn(Path.Combine(place.Project, "hold"), "fit", "--detach")).With(0);
        await Until.True(() => File.Exists($"{place.Outside}/held"), "the first run holds the machine");
        var run = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        await PutAsync("set/a.csv", "9,9\n");
        await File.WriteAllTextAsync(go, "");
        var failed = (await place.RunsUntilAllEnded()).Single(one => one.Id() == run);
        failed.State().ShouldBe("failed");
        foreach (var words in new[] { "channel 'train'", "changed since the run was planned", $"{Url}/set/a.csv was replaced" })
            failed.Text("reason")!.ShouldContain(words);
        await PutAsync("set/a.csv", "1,2\n");
        (await place.Run("retry", run)).With(0);
        await ShouldHavePrintedAsync(place, run);
    }

    [Fact]
    public async Task What_is_wrong_with_it_is_told_at_once_and_nothing_is_recorded()
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
    public async Task A_sweep_reads_it_too()
    {
        await using var place =
            await ProjectAsync(
                script: "cat $TENFOLD_DATA_TRAIN/a.csv\necho \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":$TENFOLD_PARAM_X}\"\n");
        File.AppendAllText(
            Path.Combine(place.Project, "tenfold.yaml"),
            "sweep: { parameters: { x: { min: 0.0, max: 1.0 } }, method: sobol, trials: 4, parallel: 2, confirm: { top: 1, repeat: 2 } " +
            "}\n");
        (await place.Run("sweep", "--dry-run")).With(0).Out.ShouldContain($"{Url}/set/   2 files, 8 B");
        var sweep = (await place.Run("sweep", "--json")).With(0).Json;
        sweep.At("trials").EnumerateArray().Count(trial => trial.State() == "completed").ShouldBe(4);
    }
}
