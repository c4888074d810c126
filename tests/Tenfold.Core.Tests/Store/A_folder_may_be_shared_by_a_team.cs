using Tenfold.Core.Delivery;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

/// <summary>Two users of one group: the user of the tests, and nobody, who gets the same group.</summary>
public sealed class A_folder_may_be_shared_by_a_team : IDisposable
{
    private const int Open = 0b111_101_101, Teams = 0b010_111_111_000;
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();

    public A_folder_may_be_shared_by_a_team()
    {
        AsNobody.SetMode(_folder.Path, Open);
        Directory.CreateDirectory(_folder["team"]);
        AsNobody.SetMode(_folder["team"], Teams);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_user_adds_replaces_and_removes_objects_beside_the_others()
    {
        var url = _folder["team/deep/store"];
        var ours = new FolderStore(url);
        string[] keys = ["snapshots/ours", "snapshots/both", "attempts/a-1-1/state.json", "attempts/a-1-1/artifacts/model/m"];
        foreach (var key in keys) await ours.WriteAsync(key, "ours"u8.ToArray(), None);
        await using (var log = ours.AppendSegments("attempts/a-1-1/log")) await log.AppendAsync("line"u8.ToArray(), None);
        AsNobody.SetMode(_folder.Write("elsewhere", "a model"), 0b110_000_000);
        await ours.PutFileAsync("attempts/a-1-1/artifacts/private", _folder["elsewhere"], move: true, None);

        var read = AsNobody.Run(() =>
        {
            var theirs = new FolderStore(url);
            theirs.WriteAsync("snapshots/theirs", "theirs"u8.ToArray(), None).GetAwaiter().GetResult();
            theirs.WriteAsync("snapshots/both", "theirs"u8.ToArray(), None).GetAwaiter().GetResult();
            theirs.TryCreateAsync("attempts/a-1-1/claim", "theirs"u8.ToArray(), None).GetAwaiter().GetResult().ShouldBeTrue();
            var moved = theirs.ReadAsync("attempts/a-1-1/artifacts/private", None).GetAwaiter().GetResult();
            theirs.DeleteAsync("attempts", None).GetAwaiter().GetResult();
            return moved;
        });

        read.ShouldBe("a model"u8.ToArray());
        (await ours.ReadAsync("snapshots/both", None)).ShouldBe("theirs"u8.ToArray());
        _folder.Files().ShouldBe(["team/deep/store/snapshots/both", "team/deep/store/snapshots/ours", "team/deep/store/snapshots/theirs"]);
    }

    [Theory]
    [InlineData(Teams)]
    [InlineData(Open)]
    public async Task The_agent_that_one_user_delivered_serves_the_other(int mode)
    {
        AsNobody.SetMode(_folder["team"], mode);
        _folder.Write("program/libcoreclr.so", "the runtime");
        AsNobody.SetMode(_folder.Write("program/tenfold", "#!/bin/sh\n"), mode == Teams ? 0b111_000_000 : Open);
        var ours = (await Bundle("ours").PutInFolderAsync(_folder["team/slurm"], None)).Value();
        var version = Directory.GetDirectories(_folder["team/slurm/agents"]).ShouldHaveSingleItem();
        Directory.SetLastWriteTimeUtc(version, DateTime.UnixEpoch);
        AsNobody.SetMode(_folder["program/tenfold"], Open);

        var theirs = Bundle("theirs");
        AsNobody.Run(() => theirs.PutInFolderAsync(_folder["team/slurm"], None).GetAwaiter().GetResult()).Value().ShouldBe(ours);

        // The use is recorded where the other user may; only `tenfold gc` needs it.
        (Directory.GetLastWriteTimeUtc(version) > DateTime.UnixEpoch).ShouldBe(mode == Teams || Environment.UserName != "root");
        if (mode == Open)
        {
            AsNobody.Run(() => File.ReadAllText($"{version}/tenfold")).ShouldBe("#!/bin/sh\n");
            return;
        }

        // A team's folder has an archive, of which each machine makes a checked copy: a user could exchange a program that lies open there.
        var archive = Directory.GetFiles(version).ShouldHaveSingleItem();
        AsNobody.Run(() => File.ReadAllBytes(archive)).Length.ShouldBeGreaterThan(0);
        ours.Preamble.ShouldContain(Path.GetFileName(archive)[..64]);
    }

    [Fact]
    public void The_umask_applies_in_other_folders()
    {
        Directory.CreateDirectory(_folder["mine"]);
        AsNobody.SetMode(_folder["mine"], 0b111_111_000);
        TeamFolder.Create(_folder["mine/deep/folder"]);
        var plain = Directory.CreateDirectory(_folder["mine/plain"]).UnixFileMode;
        new DirectoryInfo(_folder["mine/deep/folder"]).UnixFileMode.ShouldBe(plain);
        TeamFolder.Create(_folder["team/deep/folder"]);
        TeamFolder.Create(_folder["team/deep/folder"]);
        TeamFolder.Is(_folder["team/deep/folder"]).ShouldBeTrue();
        Directory.GetFileSystemEntries(_folder["team/deep"]).ShouldHaveSingleItem();
    }

    private AgentBundle Bundle(string user)
    {
        Directory.CreateDirectory(_folder[$"index-{user}"]);
        AsNobody.SetMode(_folder[$"index-{user}"], 0b111_111_111);
        return new AgentBundle(_folder["program"], _folder[$"index-{user}"], TimeProvider.System);
    }
}
