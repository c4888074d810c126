using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.App.Pushes;
using Tenfold.App.Pushes.Schedules;
using Tenfold.App.Sweeping;
using Tenfold.Core.Pushes;
using Tenfold.Core.Studies;

namespace Tenfold.Server.Tests;

/// <summary>Schedules of a repository, by a clock that the test moves. It begins on a Sunday at noon.</summary>
public sealed class Schedules_start_once : IAsyncLifetime
{
    private const string Weekly = "{ schedule: { cron: \"0 3 * * 1\", zone: Europe/Berlin, repeat: 2 } }";

    private static readonly PushRef Place = new("main") { Schedule = "" };

    private readonly FrozenClock _time = new();
    private readonly TrainingScene _scene = new();
    private ScheduleRounds _rounds = null!;

    public ValueTask InitializeAsync()
    {
        _rounds = Server();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_schedule_trains_the_newest_commit_and_compares_it_with_the_time_before()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Weekly)), ("train.sh", TrainingScene.Script("0.9")));
        await RunAsync();
        (await PushesAsync()).ShouldBeEmpty("a new schedule makes up nothing");
        _time.Pass(TimeSpan.FromHours(14) - TimeSpan.FromSeconds(1));
        await RunAsync();
        (await PushesAsync()).ShouldBeEmpty("it is a second before three o'clock in Berlin");
        var newest = _scene.Origin.Push("main", ("train.sh", TrainingScene.Script("0.8")));
        _time.Pass(TimeSpan.FromSeconds(1));
        await RunAsync();
        var first = await _scene.EndAsync(Place);
        (first.State, first.Commit).ShouldBe((PushState.Done, newest));
        _time.Pass(TimeSpan.FromDays(7));
        await RunAsync();
        var second = await _scene.EndAsync(Place);
        var project = second.Projects.ShouldHaveSingleItem();
        project.Group.ShouldNotBe(first.Projects[0].Group, "it trains again, though nothing changed");
        (project.Outcome, project.Baseline).ShouldBe((PushOutcome.Success, first.Projects[0].Group));
        var schedule = (await _scene.Services.Pushes.ListSchedulesAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (schedule.LastDueAt, schedule.Missed).ShouldBe((new DateTimeOffset(2026, 3, 9, 2, 0, 0, TimeSpan.Zero), 0));
    }

    [Fact]
    public async Task Missed_times_are_made_up_once_by_one_of_several_servers()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Weekly)), ("train.sh", TrainingScene.Script("0.9")));
        await RunAsync();
        _time.Pass(TimeSpan.FromDays(36));
        ScheduleRounds[] servers = [.. Enumerable.Range(0, 4).Select(_ => Restarted())];
        await Task.WhenAll(servers.Select(server => server.RunAsync(CancellationToken.None)));
        foreach (var server in servers) await server.RunAsync(CancellationToken.None);
        (await PushesAsync()).Count.ShouldBe(1);
        (await _scene.Services.Pushes.ListSchedulesAsync(CancellationToken.None)).ShouldHaveSingleItem().Missed.ShouldBe(5);
    }

    [Fact]
    public async Task A_host_that_is_away_delays_what_is_due()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Weekly)), ("train.sh", TrainingScene.Script("0.9")));
        await RunAsync();
        Directory.Move(_scene.Origin.Url, _scene.Origin.Url + ".away");
        _time.Pass(TimeSpan.FromDays(1));
        await RunAsync();
        (await PushesAsync()).ShouldBeEmpty();
        Directory.Move(_scene.Origin.Url + ".away", _scene.Origin.Url);
        _time.Pass(TimeSpan.FromMinutes(1));
        await RunAsync();
        (await PushesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_schedule_that_the_newest_commit_lacks_starts_nothing()
    {
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project(Weekly)), ("train.sh", TrainingScene.Script("0.9")));
        await RunAsync();
        _scene.Origin.Push("main", ("tenfold.yaml", _scene.Project("{ push: { repeat: 1 } }")));
        _time.Pass(TimeSpan.FromDays(7));
        await RunAsync();
        (await PushesAsync()).ShouldBeEmpty();
        (await _scene.Services.Pushes.ListSchedulesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sweep_is_searched_again_to_its_end()
    {
        const string sweep = "sweep: { method: random, trials: 2, parameters: { rate: { min: 0.1, max: 1 } } }";
        var yaml = _scene.Project("{ schedule: { cron: \"@daily\", do: sweep } }", sweep);
        _scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.9")));
        await RunAsync();
        _time.Pass(TimeSpan.FromDays(1));
        await RunAsync();
        await _scene.RoundAsync();
        var study = (await PushesAsync()).ShouldHaveSingleItem().Projects.ShouldHaveSingleItem().Study.ShouldNotBeNull();
        var studies = new StudyRounds(_scene.Services);
        var since = TimeProvider.System.GetTimestamp();
        while ((await _scene.Services.Studies.FindStudyAsync(study, CancellationToken.None))!.State != StudyState.Finished)
        {
            (await studies.RunAsync(CancellationToken.None)).ShouldBeEmpty();
            await _scene.RoundAsync();
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(20);
        }

        var project = (await _scene.EndAsync(Place)).Projects.ShouldHaveSingleItem();
        project.Outcome.ShouldBe(PushOutcome.Success);
        project.Detail!.ShouldContain("accuracy 0.9");
    }

    private Task RunAsync() => _rounds.RunAsync(CancellationToken.None);

    private ScheduleRounds Server() => new(
        _scene.Services, new RepositoryAccess(_scene.Services, _scene.File.Repositories), NullLogger<ScheduleRounds>.Instance, _time);

    private ScheduleRounds Restarted()
    {
        _scene.Restart();
        return Server();
    }

    private Task<IReadOnlyList<PushRecord>> PushesAsync() =>
        _scene.Services.Pushes.ListPushesAsync(TrainingScene.Repository, Place, 10, CancellationToken.None);
}
