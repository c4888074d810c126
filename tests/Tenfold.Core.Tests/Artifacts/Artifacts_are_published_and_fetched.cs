using System.Diagnostics;
using System.Text;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Artifacts;

public sealed class Artifacts_are_published_and_fetched : IAsyncLifetime
{
    private const string Id = "k7m2-1-1";
    private readonly TemporaryFolder _folder = new();
    private FolderStore _store = null!;
    private readonly string _weights = string.Concat(Enumerable.Repeat("0123456789", 100_000));

    public async ValueTask InitializeAsync()
    {
        _store = new FolderStore(_folder["store"]);
        _folder.Write("work/model/weights.bin", _weights);
        _folder.Write("work/model/config/net.json", "{}");
        _folder.Write("work/output/plot.svg", "<svg/>");
        await Publish();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task All_published_files_are_fetched_and_a_second_fetch_leaves_them_unchanged()
    {
        var outcome = await Fetch();
        outcome.Fault.ShouldBeNull();
        outcome.Fetched.ShouldBe(["model/config/net.json", "model/weights.bin", "output/plot.svg"]);
        File.ReadAllText(_folder["out/model/weights.bin"]).ShouldBe(_weights);
        var again = await Fetch();
        again.Fetched.ShouldBeEmpty();
        again.Unchanged.Count.ShouldBe(3);
        Parts().ShouldBeEmpty();
    }

    [Fact]
    public void Published_files_were_moved()
    {
        Directory.GetFiles(_folder["work"], "*", SearchOption.AllDirectories).ShouldBeEmpty();
        _folder.Files().ShouldBe(
        [
            $"store/attempts/{Id}/artifacts/model/config/net.json", $"store/attempts/{Id}/artifacts/model/weights.bin",
            $"store/attempts/{Id}/artifacts/output/plot.svg", $"store/attempts/{Id}/manifest.json",
        ]);
    }

    [Fact]
    public async Task Publishing_again_after_a_crash_includes_the_files_that_were_moved()
    {
        File.Delete(_folder[$"store/attempts/{Id}/manifest.json"]);
        _folder.Write("work/output/late.txt", "late");
        var manifest = await Publish();
        var paths = manifest.Files.Select(file => file.Path);
        paths.ShouldBe(["model/config/net.json", "model/weights.bin", "output/late.txt", "output/plot.svg"]);
        (await Fetch()).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Links_inside_are_published_as_copies_and_other_links_are_named()
    {
        _folder.Write("work/model/step-100/w", "w");
        _folder.Write("secret", "s");
        File.CreateSymbolicLink(_folder["work/model/best"], "step-100/w");
        Directory.CreateSymbolicLink(_folder["work/model/latest"], "step-100");
        Directory.CreateSymbolicLink(_folder["work/model/step-100/round"], "..");
        File.CreateSymbolicLink(_folder["work/model/out"], "../../secret");
        File.CreateSymbolicLink(_folder["work/model/gone"], "nowhere");
        Process.Start("mkfifo", [_folder["work/model/pipe"]]).WaitForExit();
        var manifest = await Publish();
        manifest.Files.Select(file => file.Path).ShouldBe(
        [
            "model/best", "model/config/net.json", "model/latest/w", "model/step-100/w", "model/weights.bin", "output/plot.svg",
        ]);
        manifest.Skipped.ShouldContain(new SkippedArtifact("model/out", "it is a link to ../../secret, outside model/"));
        manifest.Skipped.ShouldContain(new SkippedArtifact("model/gone", "it is a link to nowhere, which doesn't exist"));
        manifest.Skipped.ShouldContain(new SkippedArtifact("model/pipe", "it is a socket, a pipe or a device"));
        manifest.Skipped.Select(left => left.Path).ShouldContain("model/step-100/round");
        File.ReadAllText(_folder["secret"]).ShouldBe("s");
        (await Fetch()).Fault.ShouldBeNull();
        File.ReadAllText(_folder["out/model/latest/w"]).ShouldBe("w");
    }

    [Fact]
    public async Task A_program_stays_a_program_through_fetch_and_copy()
    {
        const UnixFileMode program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        _folder.Write("work/model/serve.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(_folder["work/model/serve.sh"], program);
        var manifest = await Publish();
        manifest.Files.Where(file => file.Executable).Select(file => file.Path).ShouldBe(["model/serve.sh"]);
        Encoding.UTF8.GetString(manifest.ToJson()).Split("\"executable\"").Length.ShouldBe(2);
        (await Fetch()).Fault.ShouldBeNull();
        (await Fetch("model/serve.sh", "s")).Fault.ShouldBeNull();
        foreach (var path in new[] { "out/model/serve.sh", "s" })
            File.GetUnixFileMode(_folder[path]).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue(path);
        File.GetUnixFileMode(_folder["out/output/plot.svg"]).HasFlag(UnixFileMode.UserExecute).ShouldBeFalse();
        // One that an earlier version fetched has the content already.
        File.SetUnixFileMode(_folder["s"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await Fetch("model/serve.sh", "s")).Unchanged.ShouldBe(["model/serve.sh"]);
        File.GetUnixFileMode(_folder["s"]).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_files_that_pass_the_filter_are_published()
    {
        _folder.Write("work/model/a", "a");
        _folder.Write("work/model/b", "b");
        var manifest = await new ArtifactPublisher(_store).PublishAsync(
            "other", [new ArtifactFolder("model", _folder["work/model"]) { Filter = path => path == "b" }], CancellationToken.None);
        manifest.Files.ShouldHaveSingleItem().Path.ShouldBe("model/b");
        File.Exists(_folder["work/model/a"]).ShouldBeTrue();
    }

    [Fact]
    public async Task One_file_or_one_folder_can_be_copied()
    {
        (await Fetch("model/weights.bin", "w.bin")).Fault.ShouldBeNull();
        File.ReadAllText(_folder["w.bin"]).ShouldBe(_weights);
        Directory.CreateDirectory(_folder["there"]);
        (await Fetch("model/weights.bin", "there")).Fault.ShouldBeNull();
        File.Exists(_folder["there/weights.bin"]).ShouldBeTrue();
        (await Fetch("model/", "m")).Fetched.Count.ShouldBe(2);
        File.Exists(_folder["m/config/net.json"]).ShouldBeTrue();
        var none = await Fetch("mod", "n");
        none.Fault.ShouldBe($"attempt {Id} has no 'mod'; it has: model/config/net.json, model/weights.bin, output/plot.svg");
        Path.Exists(_folder["n"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Files_that_differ_are_all_named_and_nothing_is_touched_without_overwrite()
    {
        _folder.Write("out/model/weights.bin", "mine");
        _folder.Write("out/output/plot.svg", "mine!!");
        _folder.Write("out/model/config/net.json", "{}");
        var outcome = await Fetch();
        outcome.Refused.ShouldBe([_folder["out/model/weights.bin"], _folder["out/output/plot.svg"]]);
        outcome.Unchanged.ShouldBe(["model/config/net.json"]);
        outcome.Fault!.ShouldContain("2 files are there already and different");
        outcome.Fault!.ShouldContain("--overwrite");
        File.ReadAllText(_folder["out/model/weights.bin"]).ShouldBe("mine");
        var forced = await Fetch(overwrite: true);
        forced.Fetched.ShouldBe(["model/weights.bin", "output/plot.svg"]);
        File.ReadAllText(_folder["out/model/weights.bin"]).ShouldBe(_weights);
    }

    [Fact]
    public async Task A_folder_in_the_way_is_never_replaced_and_a_link_in_the_way_is_not_followed()
    {
        _folder.Write("out/model/weights.bin/mine", "x");
        (await Fetch(overwrite: true)).Refused.ShouldBe([_folder["out/model/weights.bin"]]);
        Directory.Delete(_folder["out"], recursive: true);
        _folder.Write("precious", "x");
        Directory.CreateDirectory(_folder["out/model"]);
        File.CreateSymbolicLink(_folder["out/model/weights.bin"], "../../precious");
        (await Fetch()).Refused.Count.ShouldBe(1);
        (await Fetch(overwrite: true)).Fault.ShouldBeNull();
        File.ReadAllText(_folder["precious"]).ShouldBe("x");
    }

    [Fact]
    public async Task An_interrupted_fetch_is_continued_where_it_broke_off()
    {
        var part = await BrokenOff();
        var there = new FileInfo(part).Length;
        there.ShouldBeInRange(1, 999_999);
        var first = new List<FetchProgress>();
        var outcome = await Fetch("model/weights.bin", "w", progress: first.Add);
        outcome.Fault.ShouldBeNull();
        first[0].BytesDone.ShouldBe(there);
        File.ReadAllText(_folder["w"]).ShouldBe(_weights);
        File.Exists(part).ShouldBeFalse();
    }

    [Fact]
    public async Task A_part_with_wrong_bytes_is_fetched_again_from_the_start()
    {
        var part = await BrokenOff();
        File.WriteAllText(part, new string('x', 500));
        (await Fetch("model/weights.bin", "w")).Fault.ShouldBeNull();
        File.WriteAllText(part, new string('x', 2_000_000));
        File.Delete(_folder["w"]);
        (await Fetch("model/weights.bin", "w")).Fault.ShouldBeNull();
        File.ReadAllText(_folder["w"]).ShouldBe(_weights);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("shorter")]
    [InlineData("longer")]
    [InlineData("gone")]
    public async Task A_corrupted_object_is_named_and_the_others_are_fetched(string how)
    {
        var stored = _folder[$"store/attempts/{Id}/artifacts/model/weights.bin"];
        if (how == "gone") File.Delete(stored);
        else File.WriteAllText(stored, how switch { "changed" => "X" + _weights[1..], "shorter" => _weights[1..], _ => _weights + "x" });
        var outcome = await Fetch();
        outcome.Corrupted.ShouldBe(["model/weights.bin"]);
        outcome.Fetched.ShouldBe(["model/config/net.json", "output/plot.svg"]);
        outcome.Fault!.ShouldContain("1 file is corrupted");
        File.Exists(_folder["out/model/weights.bin"]).ShouldBeFalse();
        Parts().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task A_hostile_manifest_is_refused_whole(string path)
    {
        string sha256 = new('a', 64);
        var manifest = new ArtifactManifest
        {
            Files =
            [
                new ArtifactFile { Path = "ok", SizeBytes = 0, Sha256 = sha256 },
                new ArtifactFile { Path = path, SizeBytes = 1, Sha256 = sha256 },
            ],
        };
        File.WriteAllBytes(_folder[$"store/attempts/{Id}/manifest.json"], manifest.ToJson());
        var outcome = await Fetch();
        outcome.Fault!.ShouldContain("can't be trusted");
        Path.Exists(_folder["out"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{", "is corrupted")]
    [InlineData("{\"files\":[{\"path\":\"a\",\"sizeBytes\":1,\"sha256\":\"../..\"}]}", "has no SHA-256")]
    [InlineData("{\"schema\":2,\"files\":[]}", "newer version")]
    public async Task A_manifest_that_can_not_be_read_is_a_fault(string json, string words)
    {
        File.WriteAllText(_folder[$"store/attempts/{Id}/manifest.json"], json);
        (await Fetch()).Fault!.ShouldContain(words);
    }

    [Fact]
    public async Task A_fetch_of_an_attempt_without_artifacts_says_so() =>
        (await new ArtifactFetcher(_store).FetchAsync(
            new FetchRequest { AttemptId = "other", Destination = _folder["out"] }, null, CancellationToken.None))
        .Fault!.ShouldContain("attempt other has no artifacts");

    [Fact]
    public async Task A_destination_that_can_not_be_written_throws_with_advice()
    {
        // No user can make a folder there.
        var e = await Should.ThrowAsync<StoreException>(() => new ArtifactFetcher(_store).FetchAsync(
            new FetchRequest { AttemptId = Id, Destination = "/proc/tenfold/out" }, null, CancellationToken.None));
        e.Message.ShouldContain("/proc/tenfold/out can't be written");
    }

    private Task<ArtifactManifest> Publish() => new ArtifactPublisher(_store).PublishAsync(
        Id,
        [
            new ArtifactFolder("model", _folder["work/model"]),
            new ArtifactFolder("output", _folder["work/output"]),
            new ArtifactFolder("none", _folder["none"]),
        ],
        CancellationToken.None);

    private Task<FetchOutcome> Fetch(
        string? path = null, string to = "out", bool overwrite = false, Action<FetchProgress>? progress = null) =>
        new ArtifactFetcher(_store).FetchAsync(
            new FetchRequest { AttemptId = Id, Destination = _folder[to], Path = path, Overwrite = overwrite },
            progress is null ? null : new Immediate(progress),
            CancellationToken.None);

    /// <summary>Fetches the weights to "w", and is stopped in the middle.</summary>
    private async Task<string> BrokenOff()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Immediate(now =>
        {
            if (now.BytesDone > 300_000) stop.Cancel();
        });
        await Should.ThrowAsync<OperationCanceledException>(() => new ArtifactFetcher(_store).FetchAsync(
            new FetchRequest { AttemptId = Id, Destination = _folder["w"], Path = "model/weights.bin" }, progress, stop.Token));
        File.Exists(_folder["w"]).ShouldBeFalse();
        return Parts().ShouldHaveSingleItem();
    }

    private string[] Parts() => Directory.GetFiles(_folder.Path, "*.part", SearchOption.AllDirectories);

    /// <summary>Unlike Progress, it calls the handler on the reporting thread.</summary>
    private sealed class Immediate(Action<FetchProgress> action) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => action(value);
    }
}
