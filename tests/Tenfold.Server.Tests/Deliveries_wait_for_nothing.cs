using System.Net;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Deliveries_wait_for_nothing : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_delivery_is_answered_while_git_hangs()
    {
        var git = _folder.Write("bin/git", $"#!/bin/sh\necho $$ >> {_folder["started"]}\nexec sleep 600\n");
        File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var scene = new ServerScene { SearchPath = $"{_folder["bin"]}:/usr/bin:/bin" };
        await scene.InitializeAsync();
        (await scene.DeliverAsync(ServerScene.Push(), "first")).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.ShouldBeAsync(() => File.Exists(_folder["started"]), "git fetches");
        // GitHub waits for ten seconds.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 3; i++)
        {
            (await scene.DeliverAsync(ServerScene.Push(branch: $"refs/heads/b{i}"), $"later{i}").WaitAsync(patience.Token))
                .ShouldBe(HttpStatusCode.Accepted);
        }

        (await scene.FindAsync("github-later2")).ShouldNotBeNull().State.ShouldBe(DeliveryState.Waiting, "it is recorded, and read later");
    }
}
