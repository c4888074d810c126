using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Git;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class A_copy_of_a_repository_recovers : IDisposable
{
    private static readonly PushRef Main = new("main");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("index.lock", false)]
    [InlineData("HEAD.lock", false)]
    [InlineData("locked", true)]
    public async Task A_git_that_was_killed_leaves_files_and_the_next_commit_is_checked_out(string left, bool isTreeGone)
    {
        var origin = new Origin(_folder).Create();
        var mirror = Open(origin.Url);
        var first = origin.Push("main", ("x", "1"));
        var second = origin.Push("main", ("x", "2"));
        await mirror.FetchAsync(Main, CancellationToken.None);
        await mirror.CheckOutAsync(first, CancellationToken.None);
        _folder.Write($"copy/mirror.git/worktrees/tree/{left}", "initializing");
        if (isTreeGone) Directory.Delete(mirror.WorkTree, recursive: true);
        await mirror.CheckOutAsync(second, CancellationToken.None);
        (await File.ReadAllTextAsync(Path.Combine(mirror.WorkTree, "x"))).ShouldBe("2");
    }

    [Theory]
    [InlineData("fix", "fix/a")]
    [InlineData("fix/a", "fix")]
    [InlineData("fix/a", "fix/a/b")]
    public async Task A_branch_may_have_the_name_of_a_folder_of_a_removed_one(string removed, string added)
    {
        var origin = new Origin(_folder).Create();
        var mirror = Open(origin.Url);
        origin.Push("main", ("x", "1"));
        origin.Push(removed, ("x", "2"));
        await mirror.FetchAsync(new PushRef(removed), CancellationToken.None);
        origin.Delete(removed);
        var commit = origin.Push(added, ("x", "3"));
        (await mirror.FetchAsync(new PushRef(added), CancellationToken.None)).ShouldBe(commit);
        (await mirror.ContainsAsync(new PushRef(added), commit, CancellationToken.None)).ShouldBeTrue();
        (await mirror.MergeBaseAsync(commit, added, CancellationToken.None)).ShouldBe(commit);
    }

    [Fact]
    public async Task Git_may_clean_up_before_it_is_killed()
    {
        // The clock's timers don't fire, so nothing is killed.
        var git = Fake("trap 'echo > ended; exit 0' TERM\necho > started\nwhile :; do sleep 0.1; done\n", new ManualTime());
        await StopAsync(git);
        File.Exists(_folder["ended"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_git_that_does_not_end_is_killed()
    {
        var time = new ManualTime();
        var git = Fake("trap '' TERM\necho > started\nwhile :; do sleep 0.1; done\n", time);
        var stopping = StopAsync(git);
        while (!stopping.IsCompleted)
        {
            // The limit of the call waits too, but only after the cancellation is it not alone.
            if (time.Waiting > 1) time.Fire();
            await Task.Delay(10);
        }

        await stopping;
    }

    [Fact]
    public async Task The_token_follows_no_redirect()
    {
        var paths = new ConcurrentBag<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var host = builder.Build();
        host.Run(context =>
        {
            paths.Add(context.Request.Path);
            context.Response.Redirect($"/elsewhere{context.Request.Path}{context.Request.QueryString}");
            return Task.CompletedTask;
        });
        await host.StartAsync();
        var fetching = Open($"{host.Urls.First()}/repository.git").FetchAsync(Main, CancellationToken.None);
        await Should.ThrowAsync<GitException>(fetching);
        paths.ShouldHaveSingleItem().ShouldStartWith("/repository.git");
    }

    private async Task StopAsync(GitRunner git)
    {
        using var stop = new CancellationTokenSource();
        var running = git.RunAsync(_folder.Path, ["fetch"], credentials: null, stop.Token);
        await Eventually.ShouldBeAsync(() => File.Exists(_folder["started"]), "git has started");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private GitRunner Fake(string script, TimeProvider time)
    {
        var program = _folder.Write("bin/git", $"#!/bin/sh\n{script}");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new GitRunner(new Dictionary<string, string> { ["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin" }, time);
    }

    private GitMirror Open(string url) => new(
        _folder["copy"], new GitRemote(url, "token", HostKind.GitHub),
        new GitRunner(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, TimeProvider.System));
}
