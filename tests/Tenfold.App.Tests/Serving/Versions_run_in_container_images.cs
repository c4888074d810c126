using System.Diagnostics;
using System.Security.Cryptography;
using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Preparing;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Versions;

namespace Tenfold.App.Tests.Serving;

/// <summary>With a stub of docker, and with Debian's buildah.</summary>
public sealed class Versions_run_in_container_images : IAsyncDisposable
{
    private const string Image = "example/python:3";

    private static readonly ConformanceOptions Fast = new()
    {
        Sample = "{\"rows\": [1]}"u8.ToArray(),
        StartTimeout = TimeSpan.FromSeconds(120),
        Timeout = TimeSpan.FromSeconds(30),
        DrainTimeout = TimeSpan.FromSeconds(25),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Task<ReplicaOwner> _opening;

    public Versions_run_in_container_images() => _opening = ReplicaOwner.OpenAsync(_folder["home"], null, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await (await _opening).DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_command_is_checked_in_an_image()
    {
        using var place = Place(StubEngine.Write(_folder, "none"));
        var script = place.Write("service.py", SampleService.Script);
        var model = Path.GetDirectoryName(_folder.Write("model/a", "1"));
        await ChecksAsync(place, new LocalServiceRequest(script, place.Project) { Image = Image, Model = model });
        var run = StubEngine.Calls(_folder).Single(call => call.Contains("exec python3", StringComparison.Ordinal));
        run.ShouldContain($"--network host --workdir {place.Project} --volume {place.Project}:{place.Project}:ro --volume ");
        run.ShouldContain($":/opt/ml/model:ro");
        run.ShouldContain("--env TENFOLD_PORT ");
        run.ShouldNotContain("--env LOGNAME");
    }

    [Fact]
    public async Task An_image_is_checked_by_its_own_entry_point()
    {
        using var place = Place(StubEngine.Write(_folder, _folder.Write("entry.py", SampleService.Script)));
        await ChecksAsync(place, new LocalServiceRequest(null, place.Project) { Image = Image });
        StubEngine.Calls(_folder).ShouldContain(call => call.EndsWith($" {Image} serve", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TOKEN")]
    // The engine itself would take these for its own.
    [InlineData("DOCKER_TOKEN")]
    [InlineData("CONTAINER_KEY")]
    public async Task A_run_of_an_image_is_served_in_this_image_and_secrets_are_on_no_command_line(string secret)
    {
        using var place = Place(StubEngine.Write(_folder, "none"), new() { ["HOME"] = "/home/ann", [secret] = "s3cret" });
        place.Write("service.py", SampleService.Script);
        var version = await VersionAsync(place, secret);
        await using var owner = await OwnerAsync(place);
        var prepared = (await new VersionPreparer(place.Services).PrepareAsync(version, owner, CancellationToken.None)).Value();
        var results = await new ConformanceCheck(Fast with { Test = $"test ${{#{secret}}} = 6" }, TimeProvider.System, null)
            .RunAsync(prepared, owner, TestContext.Current.CancellationToken);
        results.Where(result => result.Verdict != RuleVerdict.Passed).ShouldBeEmpty();
        var calls = StubEngine.Calls(_folder);
        calls.ShouldAllBe(call => !call.Contains("s3cret"));
        calls.Count(call => call.StartsWith("rm --force tenfold-", StringComparison.Ordinal)).ShouldBe(2, "the service's and its test's");
        Directory.GetFiles(owner.Folder, "*.container").ShouldBeEmpty();
        prepared.Lease!.Dispose();
    }

    [Fact]
    public async Task Without_an_engine_an_image_is_refused_with_a_way_out()
    {
        using var place = Place(Path.GetDirectoryName(_folder.Write("empty/nothing", ""))!, new() { ["TOKEN"] = "s3cret" });
        place.Write("service.py", SampleService.Script);
        var version = await VersionAsync(place);
        await using var owner = await OwnerAsync(place);
        var refusal = (await new VersionPreparer(place.Services).PrepareAsync(version, owner, CancellationToken.None)).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.Unavailable);
        foreach (var words in new[] { Image, "docker, podman or buildah", "install one", "--url" }) refusal.Message.ShouldContain(words);
    }

    [Fact]
    public async Task Containers_of_a_killed_owner_are_removed_by_the_next_one()
    {
        var engine = Path.Combine(StubEngine.Write(_folder, "none"), "docker");
        var killed = _folder["home/owners/0123"];
        Directory.CreateDirectory(killed);
        await File.WriteAllTextAsync($"{killed}.lock", "");
        new OwnedContainers(killed, TimeProvider.System).Add(
            "tenfold-x", new ServiceContainer { Program = engine, Image = Image, ProgramVariables = new Dictionary<string, string>() });
        await using (await ReplicaOwner.OpenAsync(_folder["home"], null, TimeProvider.System)) Directory.Exists(killed).ShouldBeFalse();
        StubEngine.Calls(_folder).ShouldBe(["rm --force tenfold-x"]);
    }

    [Fact]
    public async Task Buildah_runs_a_service_that_keeps_every_rule_and_leaves_no_container()
    {
        var settings = $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{_folder["graph"]}\"\nrunroot = \"{_folder["run"]}\"\n";
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path,
            ["CONTAINERS_STORAGE_CONF"] = _folder.Write("storage.conf", settings),
        };
        using var place = Place("/usr/bin:/bin", variables);
        const string build =
            """
            set -e
            mkdir -p root/usr/bin root/bin root/tmp && cp -L /usr/bin/python3 root/usr/bin/python3 && cp -L /bin/sh root/bin/sh
            for library in $(ldd /usr/bin/python3 /bin/sh | grep -o '/lib[^ ]*'); do
                mkdir -p root$(dirname $library); cp -L $library root$library
            done
            mkdir -p root/usr/lib
            (cd /usr/lib && find python3.*/ -name '*.py' -not -path '*/test/*' -not -path '*/lib2to3/*' -not -path '*/idlelib/*' \
                -not -path '*/config-*' -o -name '*.so' -path 'python3*/lib-dynload/*') | tar -C /usr/lib -cT - | tar -C root/usr/lib -x
            printf 'FROM scratch\nCOPY root/ /\n' > Dockerfile
            buildah build --tag localhost/python:3 --file Dockerfile . > /dev/null 2>&1
            """;
        await ShellAsync(build, _folder["context"], place);
        var script = place.Write("service.py", SampleService.Script);
        await ChecksAsync(place, new LocalServiceRequest(script, place.Project) { Image = "localhost/python:3" });
        (await ShellAsync("buildah containers --quiet", _folder.Path, place)).ShouldBeEmpty();
        var bare = await LocalService.PrepareAsync(
            place.Services, new LocalServiceRequest(null, place.Project) { Image = "localhost/python:3" }, await _opening,
            CancellationToken.None);
        bare.Refusal().Message.ShouldContain("entry point");
    }

    private async Task ChecksAsync(Workspace place, LocalServiceRequest request)
    {
        var local = (await LocalService.PrepareAsync(
            place.Services, request with { Options = Fast with { Test = "test -n \"$TENFOLD_URL\"" } }, await _opening,
            CancellationToken.None)).Value();
        var results = await new ConformanceCheck(
                local.Options with { Sample = Fast.Sample, Test = Fast.Test, StartTimeout = Fast.StartTimeout }, TimeProvider.System, null)
            .RunAsync(local.Version, await _opening, TestContext.Current.CancellationToken);
        results.Where(result => result.Verdict == RuleVerdict.Failed).ShouldBeEmpty();
        ProcessTable.Marked(ReplicaOwner.OwnerMarker, (await _opening).Id).ShouldBeEmpty();
    }

    private static Workspace Place(string path, Dictionary<string, string>? variables = null) => new((options, _) => options with
    {
        Session = new UserSession
        {
            Environment = new Dictionary<string, string>(variables ?? []) { ["PATH"] = path, ["LOGNAME"] = "ann" },
            User = "ann",
            Machine = "laptop",
        },
        Secrets = name => variables?.GetValueOrDefault(name),
    });

    private static Task<ReplicaOwner> OwnerAsync(Workspace place) =>
        ReplicaOwner.OpenAsync(VersionPreparer.Home(place.Services), null, TimeProvider.System);

    // A version of a run that some target made in the image.
    private static async Task<ModelVersion> VersionAsync(Workspace place, string secret = "TOKEN")
    {
        place.Configure($"  secrets: [{secret}]");
        var group = await place.RecordAsync();
        var run = (await place.Services.Ledger.ListRunsAsync(group.Id, CancellationToken.None))[0].Run;
        var attempt = $"{run.Id}-1";
        var store = place.Services.StoreOf(group).Value();
        var model = "7"u8.ToArray();
        await store.WriteAsync($"{ArtifactManifest.FilesKey(attempt)}model/answer", model, CancellationToken.None);
        var manifest = new ArtifactManifest
        {
            Files = [new ArtifactFile { Path = "model/answer", SizeBytes = 1, Sha256 = Convert.ToHexStringLower(SHA256.HashData(model)) }],
        }.ToJson();
        await store.WriteAsync(ArtifactManifest.ManifestKey(attempt), manifest, CancellationToken.None);
        return new ModelVersion
        {
            Model = "toy",
            Version = "1.0.0",
            DeployedAt = default,
            DeployedBy = "ann@laptop",
            ChangedAt = default,
            Run = new ServedRun
            {
                Run = run.Id,
                Attempt = attempt,
                Manifest = Convert.ToHexStringLower(SHA256.HashData(manifest)),
                Store = group.Spec.Store,
                Spec = group.Spec with { Environment = new EnvironmentSpec(EnvironmentSpec.ImageKind, Image) },
                Seed = 1,
                Command = "exec /usr/bin/python3 service.py",
            },
        };
    }

    private static async Task<string> ShellAsync(string script, string folder, Workspace place)
    {
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in place.Services.Environment) start.Environment[name] = value;
        start.Environment["BUILDAH_ISOLATION"] = "chroot";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output);
        return output;
    }
}
