using System.Globalization;
using Microsoft.Data.Sqlite;
using Tenfold.App.Cancelling;
using Tenfold.App.Fitting;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Security;

/// <summary>Whoever can write to the ledger must not make this user's commands execute anything.</summary>
public sealed class Only_own_work_is_started
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Recorded_work_is_started_by_a_command_that_only_reads()
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync(request => request with { Repeat = 2 });
        (await workspace.Services.ReconcileAsync(None)).ShouldBeEmpty();
        workspace.Services.Queue.Waiting().Select(entry => entry.Attempt).ShouldBe([$"{group.Id}-1-1", $"{group.Id}-2-1"]);
    }

    // Each is a change that somebody with write access to the ledger can make to the row of a pending run.
    [Theory]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.command', 'touch /tmp/taken')")]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.snapshot', lower(hex(randomblob(32))))")]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.variables', json('{\"LD_PRELOAD\":\"/tmp/x.so\"}'))")]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.secrets', json('[\"AWS_SECRET_ACCESS_KEY\"]'))")]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.shell', json('{\"PATH\":\"/tmp/evil\"}'))")]
    [InlineData("UPDATE groups SET spec = json_set(spec, '$.resources.retries', 1000000)")]
    [InlineData("UPDATE groups SET spec = spec || ' '")]
    [InlineData("UPDATE runs SET seed = seed + 1")]
    [InlineData("UPDATE runs SET repeat = repeat + 1")]
    [InlineData("UPDATE runs SET tag = NULL")]
    [InlineData("UPDATE runs SET tag = ''")]
    [InlineData("UPDATE runs SET tag = '1.1.'")]
    [InlineData("UPDATE runs SET tag = replace(tag, '1.1.', '1.0.')")]
    [InlineData("UPDATE runs SET tag = replace(tag, '1.1.', '1.-1.')")]
    [InlineData("UPDATE runs SET tag = replace(tag, '1.1.', '2.1.')")]
    [InlineData("UPDATE runs SET tag = upper(tag)")]
    [InlineData("UPDATE attempts SET number = 9, id = replace(id, '-1-1', '-1-9'); UPDATE runs SET attempts = 9")]
    [InlineData("UPDATE attempts SET id = 'other000-1-1'")]
    public async Task Changed_work_is_observed_and_not_started(string change)
    {
        using var workspace = new Workspace();
        var group = await workspace.RecordAsync();
        Execute(workspace, change);
        var notes = await workspace.Services.ReconcileAsync(None);
        var note = notes.ShouldHaveSingleItem();
        (note.Kind, note.Place).ShouldBe((ControlFaultKind.Foreign, group.Id));
        note.Detail.ShouldContain($"tenfold adopt {group.Id}");
        workspace.Services.Queue.Waiting().ShouldBeEmpty();
        Scalar(workspace, "SELECT state FROM attempts").ShouldBe("pending");
        File.Exists(Path.Combine(workspace.Services.Queue.Folder, "agent.log")).ShouldBeFalse("an agent was started");
    }

    [Fact]
    public async Task A_tag_counts_for_its_own_run_only()
    {
        using var workspace = new Workspace();
        var (first, second) = (await workspace.RecordAsync(), await workspace.RecordAsync());
        Execute(workspace, $"UPDATE runs SET tag = (SELECT r.tag FROM runs r WHERE r.id = '{first.Id}-1') WHERE id = '{second.Id}-1'");
        (await workspace.Services.ReconcileAsync(None)).Select(note => note.Place).ShouldBe([second.Id]);
        workspace.Services.Queue.Waiting().Select(entry => entry.Attempt).ShouldBe([$"{first.Id}-1-1"]);
    }

    [Fact]
    public async Task Work_of_another_home_is_observed_and_starts_once_it_is_adopted()
    {
        using var mine = new Workspace();
        var group = await ForgedAsync(mine, "echo adopted");
        (await mine.Services.ReconcileAsync(None)).Select(note => note.Place).ShouldBe([group.Id]);
        mine.Services.Queue.Waiting().ShouldBeEmpty();

        var adopted = (await new RunAdopter(mine.Services).AdoptAsync([group.Id], None)).Value();
        adopted.Runs.ShouldBe([$"{group.Id}-1"]);
        AdoptedWork.Describe(adopted.Groups.ShouldHaveSingleItem()).ShouldContain("`echo adopted`");
        adopted.Faults.ShouldBeEmpty();
        mine.Services.Queue.Waiting().Select(entry => entry.Attempt).ShouldBe([$"{group.Id}-1-1"]);
        (await new RunAdopter(mine.Services).AdoptAsync([group.Id], None)).Value().Runs.ShouldBeEmpty("it is this home's own now");
    }

    [Fact]
    public async Task A_change_after_the_adoption_counts_as_a_change()
    {
        using var mine = new Workspace();
        var group = await ForgedAsync(mine, "echo adopted");
        await mine.Services.Ledger.AdoptAsync([$"{group.Id}-1"], mine.Services.Time.GetUtcNow(), None);
        Execute(mine, "UPDATE groups SET spec = json_set(spec, '$.command', 'touch /tmp/taken')");
        (await mine.Services.ReconcileAsync(None)).Select(note => note.Place).ShouldBe([group.Id]);
        mine.Services.Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task Retries_by_the_rule_follow_a_signed_attempt_and_no_more()
    {
        using var workspace = new Workspace();
        workspace.Configure("resources: { retries: 2, lost_retries: 4 }");
        var group = await workspace.RecordAsync();
        var limit = 1 + 2 + 4;
        for (var number = 2; number <= limit + 1; number++)
        {
            Execute(workspace, string.Create(CultureInfo.InvariantCulture, $"""
                UPDATE attempts SET state = 'lost'; UPDATE runs SET attempts = {number};
                INSERT INTO attempts (id, run_id, number, state, created_at)
                VALUES ('{group.Id}-1-{number}', '{group.Id}-1', {number}, 'pending', 0)
                """));
            var live = (await workspace.Services.Ledger.ListLiveAttemptsAsync(None)).ShouldHaveSingleItem();
            live.IsOwn.ShouldBe(number <= limit, $"attempt {number}");
        }
    }

    [Fact]
    public async Task A_retry_is_the_users_word_and_says_what_foreign_work_executes()
    {
        using var mine = new Workspace();
        var own = await mine.RecordAsync();
        var foreign = await ForgedAsync(mine, "echo forged");
        Execute(mine, "UPDATE attempts SET state = 'failed'; UPDATE runs SET state = 'failed'");
        var result = (await new RunRetrier(mine.Services).RetryAsync([own.Id, foreign.Id], None)).Value();
        result.Groups.ToDictionary(group => group.Group.Id, group => group.Foreign is not null)
            .ShouldBe(new Dictionary<string, bool> { [own.Id] = false, [foreign.Id] = true });
        result.Groups.Single(group => group.Foreign is not null).Foreign!.ShouldContain("`echo forged`");
        (await mine.Services.ReconcileAsync(None)).ShouldBeEmpty();
        mine.Services.Queue.Waiting().Select(entry => entry.Attempt).Order()
            .ShouldBe(new[] { $"{own.Id}-1-2", $"{foreign.Id}-1-2" }.Order());
    }

    [Fact]
    public async Task A_command_that_only_reads_stops_nothing_of_another_home()
    {
        using var mine = new Workspace();
        var group = await ForgedAsync(mine, "echo forged");
        // Some agent runs it, and somebody has requested its end.
        mine.Services.Queue.Add(
            [new Assignment { Group = group.Id, CreatedAt = group.CreatedAt, Repeat = 1, Seed = 1, Spec = group.Spec }]);
        mine.Services.Queue.TryTake(mine.Services.Queue.Waiting().ShouldHaveSingleItem()).ShouldNotBeNull();
        Execute(mine, "UPDATE attempts SET state = 'running'; UPDATE runs SET state = 'running', cancel_asked_at = 1");
        await mine.Services.ReconcileAsync(None);
        var store = new FolderStore(Path.Combine(mine.Services.Home, "store"));
        (await store.ExistsAsync(AttemptKeys.StopMark($"{group.Id}-1-1"), None)).ShouldBeFalse();
        Scalar(mine, "SELECT state FROM attempts").ShouldBe("running");

        (await new RunCanceller(mine.Services).CancelAsync([group.Id], None)).Value().Runs.ShouldBe([$"{group.Id}-1"]);
        (await store.ExistsAsync(AttemptKeys.StopMark($"{group.Id}-1-1"), None)).ShouldBeTrue("the user named it");
    }

    [Fact]
    public async Task A_group_of_another_home_gets_no_more_repeats()
    {
        using var mine = new Workspace();
        var group = await ForgedAsync(mine, "echo forged");
        (await new GroupExtender(mine.Services).ExtendAsync(group.Id, 2, None)).Refusal().Message.ShouldContain("another home recorded it");
        Scalar(mine, "SELECT COUNT(*) FROM runs").ShouldBe(1L);
    }

    [Fact]
    public async Task A_study_is_own_until_its_record_changes()
    {
        using var workspace = new Workspace();
        await SampleStudy.FillAsync((SqlLedger)workspace.Services.Ledger);
        var study = "kaaaaaaa";
        (await workspace.Services.Studies.FindOwnStudyAsync(study, None)).ShouldNotBeNull();
        Execute(workspace, "UPDATE studies SET spec = json_set(spec, '$.project', 'taken')");
        (await workspace.Services.Studies.FindOwnStudyAsync(study, None)).ShouldBeNull();
        (await new RunAdopter(workspace.Services).AdoptAsync([study], None)).Value().Studies.ShouldBe([study]);
        (await workspace.Services.Studies.FindOwnStudyAsync(study, None)).ShouldNotBeNull().Spec.Project.ShouldBe("taken");
    }

    [Fact]
    public async Task The_key_is_the_homes_own_and_is_made_once()
    {
        using var workspace = new Workspace();
        await workspace.RecordAsync();
        var file = Path.Combine(workspace.Services.Home, "work.key");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var key = await File.ReadAllTextAsync(file);
        var run = new SignedRun("k7m2xqab-1", "k7m2xqab", 1, 7, WorkKey.Digest("{}"));
        var tag = WorkKey.OfHome(workspace.Services.Home).Sign(run, 1);
        WorkKey.OfHome(workspace.Services.Home).Covers(tag, run, 1, more: 0).ShouldBeTrue();
        (await File.ReadAllTextAsync(file)).ShouldBe(key);
        WorkKey.New().Covers(tag, run, 1, more: 0).ShouldBeFalse();

        // Another user could have read this one.
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        WorkKey.OfHome(workspace.Services.Home).Covers(tag, run, 1, more: 0).ShouldBeFalse();
        (await File.ReadAllTextAsync(file)).ShouldNotBe(key);
    }

    [Fact]
    public async Task Commands_that_start_at_the_same_time_get_one_key()
    {
        using var folder = new TemporaryFolder();
        var run = new SignedRun("k7m2xqab-1", "k7m2xqab", 1, 7, WorkKey.Digest("{}"));
        for (var i = 0; i < 20; i++)
        {
            var home = Directory.CreateDirectory(folder[$"home{i}"]).FullName;
            var tags = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => WorkKey.OfHome(home).Sign(run, 1))));
            tags.Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        }
    }

    // What somebody with the ledger's password but without this home's key records for this machine.
    private static async Task<GroupRecord> ForgedAsync(Workspace workspace, string command)
    {
        var plan = (await workspace.PlanAsync()).Value();
        var group = plan.Group with { Spec = plan.Group.Spec with { Command = command } };
        await new SqlLedger(workspace.Services.Database, WorkKey.New()).AddGroupAsync(group, plan.Runs, None);
        return group;
    }

    private static void Execute(Workspace workspace, string sql)
    {
        using var connection = Connect(workspace);
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA foreign_keys = OFF; {sql}";
        command.ExecuteNonQuery();
    }

    private static object? Scalar(Workspace workspace, string sql)
    {
        using var connection = Connect(workspace);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static SqliteConnection Connect(Workspace workspace)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(workspace.Services.Home, "ledger.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
