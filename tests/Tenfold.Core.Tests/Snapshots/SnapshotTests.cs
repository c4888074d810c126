using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly SnapshotTaker _taker;

    public SnapshotTests()
    {
        _store = new FolderStore(_folder["store"]);
        _taker = new SnapshotTaker(_store, _folder["cache"], ManualClock.Later);
        _folder.Write("p/train.py", "print(1)\n");
        _folder.Write("p/lib/model.py", "x = 1\n");
        _folder.Write("p/lib/empty", "");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_files_have_the_same_id_whatever_their_times_and_wherever_they_are()
    {
        var one = await Take("p");
        Copy("p", "elsewhere/q");
        foreach (var file in Directory.GetFiles(_folder["elsewhere"], "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Directory.CreateDirectory(_folder["elsewhere/q/empty-folder"]);
        var two = await Take("elsewhere/q");
        two.Snapshot.ShouldBe(one.Snapshot);
        one.AlreadyExisted.ShouldBeFalse();
        two.AlreadyExisted.ShouldBeTrue();
        one.Snapshot.FileCount.ShouldBe(3);
        one.Snapshot.SizeBytes.ShouldBe(15);
    }

    [Fact]
    public async Task The_id_is_what_the_documentation_says()
    {
        File.Delete(_folder["p/lib/empty"]);
        File.CreateSymbolicLink(_folder["p/z"], "lib/model.py");
        AsNobody.SetMode(_folder["p/train.py"], 0x1ED);
        string model = Sha("x = 1\n"), train = Sha("print(1)\n");
        var canonical = $"file\06\0{model}\0lib/model.py\0program\09\0{train}\0train.py\0link\00\0lib/model.py\0z\0";
        (await Take("p")).Snapshot.Id.ShouldBe(Sha(canonical));
    }

    [Fact]
    public async Task Each_kind_of_change_gives_another_id()
    {
        var ids = new HashSet<string> { (await Take("p")).Snapshot.Id };
        async Task Changed() => ids.Add((await Take("p")).Snapshot.Id).ShouldBeTrue();
        _folder.Write("p/train.py", "print(2)\n");
        await Changed();
        AsNobody.SetMode(_folder["p/train.py"], 0x1ED);
        await Changed();
        File.Move(_folder["p/lib/model.py"], _folder["p/lib/net.py"]);
        await Changed();
        File.CreateSymbolicLink(_folder["p/link"], "train.py");
        await Changed();
        File.Delete(_folder["p/link"]);
        File.CreateSymbolicLink(_folder["p/link"], "lib/net.py");
        await Changed();
        File.Delete(_folder["p/lib/empty"]);
        await Changed();
    }

    [Fact]
    public async Task It_is_stored_once_and_the_archive_has_the_same_bytes_every_time()
    {
        var id = (await Take("p")).Snapshot.Id;
        var archive = _folder[$"store/snapshots/{id}.tar.gz"];
        var bytes = File.ReadAllBytes(archive);
        var written = File.GetLastWriteTimeUtc(archive);
        (await Take("p")).AlreadyExisted.ShouldBeTrue();
        File.GetLastWriteTimeUtc(archive).ShouldBe(written);
        Directory.Delete(_folder["store"], recursive: true);
        (await Take("p")).AlreadyExisted.ShouldBeFalse();
        File.ReadAllBytes(archive).ShouldBe(bytes);
        Directory.GetFiles(_folder["cache"]).ShouldAllBe(file => file.EndsWith(".index"));
    }

    [Fact]
    public async Task An_extracted_snapshot_equals_the_project_with_links_and_permissions()
    {
        _folder.Write("p/" + string.Join('/', Enumerable.Repeat("a-rather-long-folder-name-", 12)) + "/é ü.txt", "deep");
        AsNobody.SetMode(_folder["p/train.py"], 0x1ED);
        File.CreateSymbolicLink(_folder["p/lib/up"], "../train.py");
        File.CreateSymbolicLink(_folder["p/folder"], "lib");
        var id = (await Take("p")).Snapshot.Id;
        var outcome = await new SnapshotReader(_store).ExtractAsync(id, _folder["out"], CancellationToken.None);
        outcome.Fault.ShouldBeNull();
        (await Take("out")).Snapshot.Id.ShouldBe(id);
        new FileInfo(_folder["out/lib/up"]).LinkTarget.ShouldBe("../train.py");
        Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order().ShouldBe(["cache", "out", "p", "store"]);
    }

    [Fact]
    public async Task Ignored_and_excluded_files_and_data_channels_are_left_out()
    {
        _folder.Write("p/.gitignore", "*.log\n");
        _folder.Write("p/a.log", "");
        _folder.Write("p/a.ckpt", "");
        _folder.Write("p/data/train.csv", "1");
        _folder.Write("p/data/notes.md", "1");
        var taken = (await Outcome("p", ["*.ckpt"], ["data/train.csv", _folder["p/lib"], "/elsewhere"])).Match(
            it => it, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        (var manifest, _) = await new SnapshotReader(_store).ReadManifestAsync(taken.Snapshot.Id, CancellationToken.None);
        manifest!.Files.Select(file => file.Path).ShouldBe([".gitignore", "data/notes.md", "train.py"]);
    }

    [Fact]
    public async Task The_outcome_has_the_paths_of_the_stored_manifest()
    {
        File.CreateSymbolicLink(_folder["p/link"], "train.py");
        foreach (var alreadyExisted in new[] { false, true })
        {
            var outcome = await Take("p");
            outcome.AlreadyExisted.ShouldBe(alreadyExisted);
            (var stored, _) = await new SnapshotReader(_store).ReadManifestAsync(outcome.Snapshot.Id, CancellationToken.None);
            outcome.Paths.ShouldBe(stored!.Files.Select(file => file.Path), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Links_that_lead_out_are_named_all_at_once_and_nothing_is_stored()
    {
        File.CreateSymbolicLink(_folder["p/data"], "/mnt/data");
        File.CreateSymbolicLink(_folder["p/lib/out"], "../../store");
        File.CreateSymbolicLink(_folder["p/lib/in"], "../train.py");
        var faults = await Faults("p");
        faults.Select(fault => fault.Path).ShouldBe(["data", "lib/out"]);
        faults[0].Message.ShouldBe(
            "the link data -> /mnt/data would not work on another machine (its target is absolute): make it a relative link to " +
            "something inside the project, name it under 'data:', or exclude it");
        Directory.Exists(_folder["store"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_socket_or_pipe_is_skipped_and_named()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["p/lib/sock"]));
        Process.Start("mkfifo", [_folder["p/fifo"]]).WaitForExit();
        var taken = await Take("p");
        taken.Skipped.ShouldBe(["fifo", "lib/sock"]);
        taken.Snapshot.FileCount.ShouldBe(3);
    }

    [Fact]
    public void An_unreadable_file_and_folder_are_named_with_what_to_do()
    {
        AsNobody.SetMode(_folder.Path, 0x1FF);
        AsNobody.SetMode(_folder["p/train.py"], 0);
        AsNobody.SetMode(_folder["p/lib"], 0);
        var faults = AsNobody.Run(() => Faults("p").GetAwaiter().GetResult());
        AsNobody.SetMode(_folder["p/lib"], 0x1FF);
        faults.Select(fault => fault.Path).ShouldBe(["lib", "train.py"]);
        faults[1].Message.ShouldBe("train.py can't be read: permission denied. Give read permission ('chmod u+r'), or exclude it");
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_shown_with_its_bytes()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "touch \"$(printf 'bad\\377name')\""]) { WorkingDirectory = _folder["p"] };
        Process.Start(start)!.WaitForExit();
        (await Faults("p")).ShouldHaveSingleItem().Message.ShouldBe("the name of bad\\xffname is not UTF-8: rename it, or exclude it");
    }

    [Fact]
    public async Task A_file_that_keeps_changing_is_a_fault_after_three_tries()
    {
        using var growing = new GrowingFile(_folder["p/growing.log"]);
        var faults = await Faults("p");
        faults.ShouldHaveSingleItem().Message.ShouldContain("growing.log changed while");
    }

    [Fact]
    public async Task A_project_that_does_not_exist_is_a_fault() =>
        (await Faults("nowhere")).ShouldHaveSingleItem().Message.ShouldContain("doesn't exist");

    [Fact]
    public async Task A_big_snapshot_warns_and_names_what_is_big()
    {
        (await Take("p")).Warning.ShouldBeNull();
        Directory.CreateDirectory(_folder["p/runs/old"]);
        using (var file = File.Create(_folder["p/runs/old/weights.bin"])) file.SetLength(150_000_000);
        using (var file = File.Create(_folder["p/big.csv"])) file.SetLength(20_000_000);
        var warning = (await Take("p")).Warning!;
        warning.ShouldContain("holds 170 MB, most of it in runs/old/weights.bin (150 MB), big.csv (20 MB)");
        warning.ShouldContain("'exclude:'");
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_leaves_no_snapshot()
    {
        var store = new FolderStore(_folder["full"], () => "next");
        Directory.CreateDirectory(_folder["full/.tmp"]);
        File.CreateSymbolicLink(_folder["full/.tmp/next"], "/dev/full");
        var taker = new SnapshotTaker(store, _folder["cache"], TimeProvider.System);
        var e = await Should.ThrowAsync<StoreException>(
            () => taker.TakeAsync(new SnapshotRequest { Root = _folder["p"] }, CancellationToken.None));
        e.Message.ShouldContain("is full");
        // The archive may exist, but without a manifest it is no snapshot. Once there is room, both are written.
        var stored = _folder.Files().Where(file => file.StartsWith("full/snapshots/", StringComparison.Ordinal));
        stored.ShouldAllBe(file => file.EndsWith(".tar.gz"));
        (await taker.TakeAsync(new SnapshotRequest { Root = _folder["p"] }, CancellationToken.None))
            .ShouldBeOfType<SnapshotOutcome.Stored>().AlreadyExisted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_snapshot_leaves_nothing_that_counts_as_one()
    {
        // A SIGKILL between the two writes leaves an archive without its manifest.
        var id = (await Take("p")).Snapshot.Id;
        File.Delete(_folder[$"store/snapshots/{id}.json"]);
        (await new SnapshotReader(_store).ExtractAsync(id, _folder["out"], CancellationToken.None))
            .ShouldBeOfType<ExtractOutcome.Missing>();
        (await Take("p")).AlreadyExisted.ShouldBeFalse();
        (await new SnapshotReader(_store).ExtractAsync(id, _folder["out"], CancellationToken.None)).Fault.ShouldBeNull();
    }

    private async Task<SnapshotOutcome.Stored> Take(string root) => (await Outcome(root, [], [])).Match(
        taken => taken, refused => throw new InvalidOperationException(string.Join('\n', refused.Faults.Select(fault => fault.Message))));

    private async Task<IReadOnlyList<FileFault>> Faults(string root) =>
        (await Outcome(root, [], [])).Match(_ => [], refused => refused.Faults);

    private Task<SnapshotOutcome> Outcome(string root, string[] exclude, string[] excludedPaths)
    {
        var request = new SnapshotRequest { Root = _folder[root], Exclude = exclude, ExcludedPaths = excludedPaths };
        return _taker.TakeAsync(request, CancellationToken.None);
    }

    private void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(_folder[from], "*", SearchOption.AllDirectories))
            _folder.Write(to + file[_folder[from].Length..], File.ReadAllText(file));
    }

    private static string Sha(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
