using Tenfold.Aws.Cleaning;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Secrets;

public sealed class Secrets_are_stored_for_a_group : IDisposable
{
    private static readonly CancellationToken Cancel = CancellationToken.None;

    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly Dictionary<string, string> _shell = new() { ["TOKEN"] = "one", ["KEY"] = "two" };

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task Once_however_many_runs_it_has()
    {
        var storage = Storage();
        var runs = Runs(50, "TOKEN", "KEY");
        (await storage.StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
        (await storage.StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
        _aws.Calls.Count("ssm", "PutParameter").ShouldBe(2);
        // The second round only checks that they are still there.
        _aws.Calls.Count("ssm").ShouldBe(3);
    }

    [Theory]
    [InlineData("ada", "ada", "newer")]
    [InlineData("ada", "bob", "one")]
    [InlineData("bob", "ada", "one")]
    [InlineData(null, "ada", "one")]
    [InlineData(null, "bob", "one")]
    public async Task Only_a_later_controller_of_the_groups_user_stores_a_newer_value(string? owner, string later, string value)
    {
        var runs = RunsOf(owner, 1, "TOKEN");
        await Storage(owner ?? "ada").StoreAsync(runs, "tenfold", Cancel);
        _shell["TOKEN"] = "newer";
        (await Storage(later).StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
        _aws.Parameters.Show(_aws.Parameters.Names.ShouldHaveSingleItem()).Value.ShouldBe(value);
    }

    [Theory]
    [InlineData("of the colleague's own")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_colleagues_controller_waits_for_the_groups_user(string? value)
    {
        var runs = Runs(1, "TOKEN", "KEY");
        if (value is null) _shell.Clear();
        else _shell["TOKEN"] = value;
        var colleague = Storage("bob");
        var refusal = (await colleague.StoreAsync(runs, "tenfold", Cancel))[runs[0].Group];
        (refusal.Kind, refusal.MissingNames).ShouldBe((StartKind.NoCapacity, null));
        refusal.Words.ShouldContain("TOKEN, KEY");
        refusal.Words.ShouldContain("only ada");
        _aws.Parameters.Names.ShouldBeEmpty();
        (_shell["TOKEN"], _shell["KEY"]) = ("one", "two");
        await Storage().StoreAsync(runs, "tenfold", Cancel);
        (await colleague.StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Again_after_another_process_removed_them()
    {
        var storage = Storage();
        var runs = Runs(1, "TOKEN", "KEY");
        await storage.StoreAsync(runs, "tenfold", Cancel);
        await Storage("bob").RemoveAsync("tenfold", runs[0].Ledger, [runs[0].Group], Cancel);
        _aws.Parameters.Names.ShouldBeEmpty();
        (await storage.StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
        _aws.Parameters.Names.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(AwsFault.Denied, true)]
    [InlineData(AwsFault.Invalid, true)]
    [InlineData(AwsFault.NotFound, true)]
    [InlineData(AwsFault.Throttled, false)]
    [InlineData(AwsFault.ExpiredCredentials, false)]
    [InlineData(AwsFault.Server, false)]
    [InlineData(AwsFault.Transport, false)]
    public void A_job_is_retried_after_a_fault_that_passes(AwsFault fault, bool isFinal) => JobSecrets.IsFinal(fault).ShouldBe(isFinal);

    [Fact]
    public async Task A_shell_without_the_secret_uses_what_another_has_stored()
    {
        var runs = Runs(1, "TOKEN");
        await Storage().StoreAsync(runs, "tenfold", Cancel);
        _shell.Clear();
        (await Storage().StoreAsync(runs, "tenfold", Cancel)).ShouldBeEmpty();
        var others = Runs(1, "TOKEN", "KEY");
        var refusal = (await Storage().StoreAsync(others, "tenfold", Cancel))[others[0].Group];
        refusal.Kind.ShouldBe(StartKind.Invalid);
        refusal.MissingNames.ShouldBe(["TOKEN", "KEY"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(4097, "4,097 bytes")]
    [InlineData(4096, null)]
    [InlineData(1, null)]
    public async Task A_value_that_AWS_would_not_take_is_refused_first(int length, string? words)
    {
        _shell["TOKEN"] = new string('x', length);
        var runs = Runs(1, "TOKEN");
        var refusals = await Storage().StoreAsync(runs, "tenfold", Cancel);
        Storage().FaultsOf(["TOKEN"]).Count().ShouldBe(words is null ? 0 : 1);
        if (words is null) refusals.ShouldBeEmpty();
        else refusals[runs[0].Group].Words.ShouldContain(words);
        _aws.Calls.Count("ssm").ShouldBe(words is null ? 1 : 0);
    }

    [Fact]
    public async Task Without_permission_the_message_names_the_actions()
    {
        _aws.Faults.Add("ssm", "PutParameter", Fault.Denied, times: null);
        var runs = Runs(1, "TOKEN");
        var refusal = (await Storage().StoreAsync(runs, "tenfold", Cancel))[runs[0].Group];
        (refusal.Kind, refusal.Code).ShouldBe((StartKind.Denied, "AccessDeniedException"));
        refusal.Words.ShouldContain("ssm:PutParameter");
        refusal.ToString().ShouldNotContain("one");
    }

    [Fact]
    public async Task Removing_leaves_the_secrets_of_other_groups()
    {
        var storage = Storage();
        var (first, second) = (Runs(1, "TOKEN", "KEY"), Runs(1, "TOKEN"));
        await storage.StoreAsync([.. first, .. second], "tenfold", Cancel);
        await storage.RemoveAsync("tenfold", first[0].Ledger, [first[0].Group], Cancel);
        _aws.Parameters.Names.ShouldHaveSingleItem().ShouldContain(second[0].Group);
        // A retry of the first group's run stores them again.
        (await storage.StoreAsync(first, "tenfold", Cancel)).ShouldBeEmpty();
        _aws.Parameters.Names.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Leftovers_of_a_killed_controller_are_garbage_of_its_ledger_alone()
    {
        var runs = Runs(1, Enumerable.Range(1, 12).Select(i => $"KEY_{i}").ToArray());
        await Storage().StoreAsync(runs, "tenfold", Cancel);
        await Storage().StoreAsync([Runs(1, "TOKEN")[0] with { Ledger = "another" }], "tenfold", Cancel);
        await Storage().StoreAsync(Runs(1, "TOKEN"), stack: null, Cancel);
        var place = new RegionLeftovers(["tenfold"], BatchFixture.OptionsOf(_aws), TimeProvider.System);
        var found = await place.FindLeftoversAsync(runs[0].Ledger, Cancel);
        found.Count.ShouldBe(2);
        found[0].Group.ShouldBe(runs[0].Group);
        foreach (var one in found) await one.RemoveAsync(Cancel);
        foreach (var one in found) await one.RemoveAsync(Cancel);
        _aws.Parameters.Names.ShouldHaveSingleItem().ShouldContain("/another/");
    }

    [Fact]
    public void A_record_of_a_request_does_not_show_the_value()
    {
        $"{new PutParameterRequest("name", "hidden")}".ShouldBe("PutParameterRequest { name }");
        $"{new Parameter { Name = "name", Value = "hidden" }}".ShouldBe("Parameter { name }");
    }

    private SecretStorage Storage(string user = "ada") =>
        new(BatchFixture.OptionsOf(_aws), user, name => _shell.GetValueOrDefault(name) ?? (name.StartsWith("KEY_") ? "v" : null),
            TimeProvider.System);

    private static IReadOnlyList<Assignment> Runs(int count, params string[] secrets) => RunsOf("ada", count, secrets);

    private static IReadOnlyList<Assignment> RunsOf(string? user, int count, params string[] secrets) => Work.Assign(new WorkSpec
    {
        Project = "test",
        Snapshot = "snapshot",
        Command = "true",
        Environment = new EnvironmentSpec("system"),
        Parameters = System.Text.Json.JsonDocument.Parse("{}").RootElement,
        Resources = new ResourceSpec(),
        Shell = new Dictionary<string, string>(),
        Secrets = secrets,
        User = user,
    }, count);
}
