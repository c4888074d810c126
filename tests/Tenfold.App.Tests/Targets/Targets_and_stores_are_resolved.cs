using Tenfold.Core.Control;
using Tenfold.Core.Outcomes;
using Tenfold.Projects;

namespace Tenfold.App.Tests.Targets;

public sealed class Targets_and_stores_are_resolved : IDisposable
{
    // A team's ledger: other machines and homes read it too.
    private readonly Workspace _workspace = new((options, folder) => options with { Ledger = folder["team.db"] });

    private Services Services => _workspace.Services;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Without_a_name_the_target_is_this_machine()
    {
        var planned = (await Services.Targets.PlanAsync(Located(), on: null, CancellationToken.None)).Value();
        (planned.Name, planned.IsLocal, planned.Spec.Place).ShouldBe(("local", true, $"laptop:{Services.Home}"));
        (await Services.Targets.PlanAsync(located: null, "local", CancellationToken.None)).Value().IsLocal.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unknown_target_is_refused_with_those_of_the_project()
    {
        _workspace.Configure("targets: { cluster: { kind: slurm } }");
        var refusal = (await Services.Targets.PlanAsync(Located(), "clod", CancellationToken.None)).Refusal();
        (refusal.Kind, refusal.Message).ShouldBe(
            (RefusalKind.BadInput, "--on clod: there is no such target; the project has local, cluster"));
    }

    [Theory]
    [InlineData("folder: relative", "an absolute path")]
    [InlineData("rest: 'http://head:6820', arguments: [--nice=5]", "not used with `rest`")]
    [InlineData("arguments: [--wait]", "`arguments` can't have")]
    public async Task A_target_that_cannot_be_used_is_refused_before_anything_is_recorded(string options, string words)
    {
        _workspace.Configure($"targets: {{ cluster: {{ kind: slurm, {options} }} }}");
        var refusal = (await _workspace.PlanAsync(request => request with { On = "cluster" })).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.BadInput);
        refusal.Message.ShouldContain(words);
        refusal.Message.ShouldEndWith(" Nothing was recorded or submitted.");
    }

    [Fact]
    public async Task The_store_is_the_homes_unless_the_project_names_one()
    {
        (await Services.Targets.PlanAsync(Located(), null, CancellationToken.None)).Value().Store.ShouldBeSameAs(Services.Stores.Home);
        _workspace.Configure("store: ../elsewhere");
        var planned = (await Services.Targets.PlanAsync(Located(), null, CancellationToken.None)).Value();
        planned.StoreUrl.ShouldBe(Path.GetFullPath($"{_workspace.Project}/../elsewhere"));
        planned.Store.Url.ShouldBe(planned.StoreUrl);
    }

    [Fact]
    public async Task Only_a_ledger_that_others_read_records_the_homes_store()
    {
        (await _workspace.RecordAsync()).Spec.Store.ShouldBe(Services.Stores.Home.Url);
        using var laptop = new Workspace();
        (await laptop.RecordAsync()).Spec.Store.ShouldBeNull();
    }

    [Fact]
    public async Task A_recorded_group_resolves_to_the_same_target_again()
    {
        var group = await _workspace.RecordAsync();
        var resolved = (await Services.Targets.FindAsync(group, CancellationToken.None)).Target.ShouldNotBeNull();
        (await Services.Targets.FindAsync(group, CancellationToken.None)).Target.ShouldBeSameAs(resolved);
        (resolved.IsLocal, resolved.Store.Url).ShouldBe((true, group.Spec.Store));
        (await Services.Targets.ExplainUnavailableAsync(group, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_group_of_another_home_is_left_to_the_machine_that_controls_it()
    {
        var group = await _workspace.RecordAsync();
        group = group with { Spec = group.Spec with { Target = group.Spec.Target! with { Place = "node7:/home/ann/.tenfold" } } };
        (await Services.Targets.FindAsync(group, CancellationToken.None)).ShouldBe(TargetResolution.ControlledElsewhere);
        (await Services.Targets.FindOtherControllerAsync(group, CancellationToken.None))
            .ShouldBe($"node7:/home/ann/.tenfold controls {group.Id}: local can't be reached from here");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_of_another_machine_is_not_taken_for_the_one_here(bool hasFolder)
    {
        var group = await _workspace.RecordAsync();
        var folder = $"{_workspace.Project}/../store7";
        if (hasFolder) Directory.CreateDirectory(folder);
        group = group with { Host = "node7", Spec = group.Spec with { Store = folder } };
        Services.Targets.StoreOf(group).ShouldBeNull();
        var fault = (await Services.Targets.FindAsync(group, CancellationToken.None)).Fault.ShouldNotBeNull();
        (fault.Kind, fault.Place).ShouldBe((ControlFaultKind.Store, folder));
        fault.Detail.ShouldContain($"{folder} on node7");
        (await Services.Targets.ExplainUnavailableAsync(group, CancellationToken.None)).ShouldBe(fault.Detail);
        (await Services.Targets.FindOtherControllerAsync(group, CancellationToken.None)).ShouldBeNull();
        Services.StoreOf(group).Refusal().ShouldBeNotFound("on node7");
    }

    [Fact]
    public async Task A_shared_folder_with_the_groups_snapshot_is_usable_whichever_machine_recorded_it()
    {
        var group = await _workspace.RecordAsync() with { Host = "node7" };
        Services.Targets.StoreOf(group)!.Url.ShouldBe(group.Spec.Store);
        Services.StoreOf(group).Value().Url.ShouldBe(group.Spec.Store);
        Services.ExplainMissingFiles(group).ShouldBeNull();
    }

    [Fact]
    public async Task A_missing_folder_of_this_machine_is_reported_with_what_to_do()
    {
        var group = await _workspace.RecordAsync();
        group = group with { Spec = group.Spec with { Store = $"{_workspace.Project}/unmounted" } };
        Services.StoreOf(group).Refusal().ShouldBeNotFound("restore the folder, or mount its disk");
    }

    [Fact]
    public async Task A_recorded_store_that_cannot_be_opened_is_a_fault_of_that_store()
    {
        var group = await _workspace.RecordAsync();
        group = group with { Spec = group.Spec with { Store = "s3://My_Bucket" } };
        var fault = (await Services.Targets.FindAsync(group, CancellationToken.None)).Fault.ShouldNotBeNull();
        (fault.Kind, fault.Place).ShouldBe((ControlFaultKind.Store, "s3://My_Bucket"));
        Services.Targets.StoreOf(group).ShouldBeNull();
        Services.StoreOf(group).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
    }

    private LocatedProject Located() => Services.Projects.Open(_workspace.Project).Match(
        located => located, faults => throw new InvalidOperationException(string.Join("; ", faults)));
}
