using Tenfold.App.Serving.Deploying;
using Tenfold.App.Serving.OnAws;
using Tenfold.Aws.Serving;
using Tenfold.Core.Ledger;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Versions;

namespace Tenfold.App.Tests.Serving.OnAws;

public sealed class Versions_are_deployed_to_AWS : IDisposable
{
    private static readonly DeployRequest Request = new() { Version = "1.1.0" };
    private readonly ServingAccount _account = new();

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_deploy_may_be_killed_at_any_call_and_leaves_nothing_that_the_next_one_or_gc_does_not_remove()
    {
        var version = await _account.VersionAsync("1.1.0", null, "TOKEN");
        await WholeAsync(version);
        var (storeCalls, awsCalls) = (_account.StoreCalls, _account.Aws.Calls.All.Count);
        await RemoveAsync(version);
        storeCalls.ShouldBeGreaterThan(5);
        awsCalls.ShouldBeGreaterThan(10);
        for (var call = 1; call <= storeCalls; call++)
            await KilledAsync(version, () => _account.CutAtStoreCall(call), $"store call {call}");
        for (var call = 1; call <= awsCalls; call++)
        {
            foreach (var isAfter in new[] { false, true })
                await KilledAsync(version, () => _account.CutAtAwsCall(call, isAfter), $"AWS call {call}, after: {isAfter}");
        }
    }

    [Fact]
    public async Task A_runs_secrets_reach_its_tasks_and_are_in_no_request_or_file()
    {
        var version = await _account.VersionAsync("1.1.0", null, "TOKEN");
        using var place = _account.Open();
        var placed = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default)).Value();
        var parameter = $"/tenfold/tenfold-serving/{placed.Service}/TOKEN";
        _account.Aws.Parameters.Names.ShouldBe([parameter]);
        var stored = _account.Aws.Parameters.Show(parameter);
        (stored.Type, stored.Value, stored.Tags["tenfold:stack"]).ShouldBe(("SecureString", "a-secret-value", "tenfold-serving"));
        var registered = _account.Aws.Calls.All.Single(call => call.Operation == "RegisterTaskDefinition").Input;
        registered.ToJsonString().ShouldNotContain("a-secret-value");
        var secret = registered["containerDefinitions"]![0]!["secrets"]![0]!;
        ((string)secret["name"]!, (string)secret["valueFrom"]!).ShouldBe(("TOKEN", parameter));
        foreach (var file in Directory.EnumerateFiles(_account.Store.Url, "*", SearchOption.AllDirectories))
            File.ReadAllText(file).ShouldNotContain("a-secret-value");
        await RemoveAsync(version);
        _account.Aws.Parameters.Names.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    [InlineData("long", "Secrets Manager")]
    public async Task A_secret_that_AWS_can_not_store_is_refused_before_anything_is_made(string? value, string advice)
    {
        if (value is null) _account.Secrets.Remove("TOKEN");
        else _account.Secrets["TOKEN"] = value.Length == 0 ? "" : new string('x', 5000);
        var version = await _account.VersionAsync("1.1.0", null, "TOKEN");
        using var place = _account.Open();
        var refusal = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default)).Refusal();
        (refusal.Kind, refusal.Message.Contains(advice)).ShouldBe((RefusalKind.BadInput, true), refusal.Message);
        NothingIsLeft("refused");
    }

    [Fact]
    public async Task A_stack_that_is_too_old_is_refused_with_the_way_out()
    {
        using var account = new ServingAccount { TemplateVersion = 1 };
        using var place = account.Open();
        var version = await account.VersionAsync("1.1.0");
        var refusal = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, account.Source, default)).Refusal();
        refusal.Message.ShouldContain("tenfold infra apply --serving");
        account.Aws.Calls.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_in_an_image_is_served_in_it()
    {
        const string image = "registry.example/iris@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        using var place = _account.Open();
        foreach (var (name, own, expected) in new[] { ("1.0.0", null, "python:3.12-slim"), ("1.1.0", image, image) })
        {
            var version = await _account.VersionAsync(name, own);
            _ = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default)).Value();
            var registered = _account.Aws.Calls.All.Last(call => call.Operation == "RegisterTaskDefinition").Input;
            ((string)registered["containerDefinitions"]![0]!["image"]!).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task An_image_that_can_not_be_pulled_is_reported_and_nothing_is_left()
    {
        _account.Aws.Ecs.FailTasks("CannotPullContainerError: pull access denied for registry.example/iris");
        var version = await _account.VersionAsync("1.1.0", "registry.example/iris:1");
        using var place = _account.Open();
        var refusal = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default)).Refusal();
        (refusal.Kind, refusal.Message.Contains("pull access denied")).ShouldBe((RefusalKind.NotPassed, true), refusal.Message);
        NothingIsLeft("failed");
    }

    [Fact]
    public async Task Gc_leaves_what_is_deployed_reverted_or_on_its_way()
    {
        var version = await _account.VersionAsync("1.1.0");
        await WholeAsync(version);
        using var place = _account.Open();
        (await FindAsync(place, TimeSpan.Zero)).ShouldBeEmpty("it is recorded");
        await place.Services.Versions.ChangeVersionAsync("iris", "1.1.0", VersionState.Reverted, default, default);

        var other = await _account.VersionAsync("1.2.0");
        _ = (await ServingAccount.VersionsOf(place).StartAsync(other, Request, _account.Source, default)).Value();
        (await FindAsync(place, TimeSpan.FromHours(2))).ShouldBeEmpty("a deploy may be on its way");
        (await FindAsync(place, TimeSpan.Zero)).ShouldHaveSingleItem().Name.ShouldBe(VersionServiceRequest.NameOf("iris", "1.2.0"));
    }

    // What `deploy` does after its checks.
    private async Task WholeAsync(ModelVersion version)
    {
        _account.Connect();
        using var place = _account.Open();
        var placed = (await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default)).Value();
        (await place.Services.Versions.AddVersionAsync(placed, "salt", default)).ShouldBeTrue();
    }

    private async Task KilledAsync(ModelVersion version, Action kill, string when)
    {
        await RunKilledAsync(version, kill);
        using (var place = _account.Open())
        {
            // Killed after its last call, a deploy is complete.
            if ((await place.Services.Versions.ListVersionsAsync("iris", default)).Count == 0)
            {
                foreach (var left in await FindAsync(place, TimeSpan.Zero))
                    (await ServingAccount.VersionsOf(place).PurgeAsync(left.Name, default)).Value();
                NothingIsLeft(when);
            }
        }

        await RemoveAsync(version);
        await RunKilledAsync(version, kill);
        using (var place = _account.Open())
            if ((await place.Services.Versions.ListVersionsAsync("iris", default)).Count == 0) await WholeAsync(version);
        _account.Aws.Ecs.Services.Count.ShouldBe(1, when);
        _account.Aws.Ecs.Definitions.Count.ShouldBe(1, when);
        _account.Aws.Scaling.Targets.Count.ShouldBe(1, when);
        _account.Aws.Parameters.Names.Count.ShouldBe(1, when);
        await RemoveAsync(version);
    }

    private async Task RunKilledAsync(ModelVersion version, Action kill)
    {
        _account.Connect();
        kill();
        using (var place = _account.Open())
        {
            try
            {
                if ((await ServingAccount.VersionsOf(place).StartAsync(version, Request, _account.Source, default))
                    .Succeeded(out var placed, out _)) await place.Services.Versions.AddVersionAsync(placed, "salt", default);
            }
            catch (LedgerException)
            {
                // It was killed before the version was recorded.
            }
        }

        _account.Connect();
    }

    // As if nothing had ever been deployed.
    private async Task RemoveAsync(ModelVersion version)
    {
        _account.Connect();
        using var place = _account.Open();
        await ServingAccount.VersionsOf(place).PurgeAsync(VersionServiceRequest.NameOf(version.Model, version.Version), default);
        await _account.Store.DeleteAsync(StoreVersionLedger.Folder, default);
        NothingIsLeft("removed");
    }

    private static async Task<IReadOnlyList<ServingLeftover>> FindAsync(ServingPlace place, TimeSpan limit) =>
        (await new EcsVersions(place) { DeployLimit = limit }.FindLeftoversAsync(default)).Value();

    private void NothingIsLeft(string when)
    {
        _account.Aws.Ecs.Services.ShouldBeEmpty(when);
        _account.Aws.Ecs.Definitions.ShouldBeEmpty(when);
        _account.Aws.Scaling.Targets.ShouldBeEmpty(when);
        _account.Aws.Parameters.Names.ShouldBeEmpty(when);
        Directory.EnumerateFiles(_account.Store.Url, "*", SearchOption.AllDirectories).ShouldBeEmpty(when);
    }
}
