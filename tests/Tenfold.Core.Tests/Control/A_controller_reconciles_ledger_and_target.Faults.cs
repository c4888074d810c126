using System.Runtime.CompilerServices;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Tests.Control;

/// <content>A fault of one target or store leaves the others alone.</content>
public sealed partial class A_controller_reconciles_ledger_and_target
{
    private const string Other = "zzzzzzzz";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_cannot_be_opened_does_not_keep_other_runs_from_being_cancelled(bool isUnresolved)
    {
        await AddAsync();
        await AddAsync(group: Other);
        await ReconcileAsync();
        await _ledger.RequestCancelAsync([$"{Group}-1", $"{Other}-1"], DateTimeOffset.UtcNow, null, CancellationToken.None);
        var resolver = new ResolverByGroup
        {
            Store = group => group == Group ? throw new StoreException("the bucket's name is wrong") : _store,
            Target = group => group != Group ? new ResolvedTarget("fake", _target, _store)
                : isUnresolved ? throw new TargetException("the cluster does not answer") : TargetResolution.ControlledElsewhere,
        };
        var result = await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None);
        result.Faults.Select(fault => fault.Detail).ShouldBe(
            isUnresolved ? ["the bucket's name is wrong", "the cluster does not answer"] : ["the bucket's name is wrong"]);
        _target.Stopped.ShouldBe([$"{Other}-1-1"]);
        (await _store.ExistsAsync(AttemptKeys.StopMark($"{Other}-1-1"), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_fault_of_this_machine_ends_only_the_wait_for_its_own_runs()
    {
        await AddAsync();
        await AddAsync(group: Other);
        var full = new FakeTarget("local") { BeforeAnswer = () => throw new StoreException("the disk is full") };
        var resolver = new ResolverByGroup
        {
            Store = _ => _store,
            Target = group => group == Group ? new ResolvedTarget("local", full, _store) : new ResolvedTarget("fake", _target, _store),
        };
        var controller = Controller(Open(), resolver);
        var round = await controller.ReconcileAsync(CancellationToken.None);
        round.Faults.ShouldHaveSingleItem().Detail.ShouldBe("the disk is full");
        _target.Started.ShouldHaveSingleItem().Group.ShouldBe(Other);
        var local = (await _ledger.FindGroupAsync(Group, CancellationToken.None))!.Spec;
        var remote = local with { Target = new TargetSpec("slurm", "ann@cluster", local.Parameters) };
        (await controller.ReconcileForAsync(remote, CancellationToken.None)).Faults.Count.ShouldBe(1);
        (await controller.ReconcileForAsync(null, CancellationToken.None)).Faults.Count.ShouldBe(1);
        var fault = await Should.ThrowAsync<StoreException>(() => controller.ReconcileForAsync(local, CancellationToken.None));
        fault.Message.ShouldBe("the disk is full");
    }

    [Fact]
    public async Task A_target_that_another_version_recorded_is_a_fault_of_its_own()
    {
        await AddAsync();
        await AddAsync(group: Other);
        var resolver = new ResolverByGroup
        {
            Store = _ => _store,
            Target = group => group == Group ? throw new JsonException("unknown option") : new ResolvedTarget("fake", _target, _store),
        };
        var round = await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None);
        round.Faults.Select(fault => fault.Detail).ShouldBe(["unknown option"]);
        _target.Started.ShouldHaveSingleItem().Group.ShouldBe(Other);
    }

    public static TheoryData<Exception> FilesOfThisMachine =>
        [new IOException("too many open files"), new UnauthorizedAccessException("access to the key is denied")];

    [Theory]
    [MemberData(nameof(FilesOfThisMachine))]
    public async Task A_file_that_a_remote_target_cannot_use_is_a_fault_of_that_target_alone(Exception fault)
    {
        await AddAsync();
        await AddAsync(group: Other);
        var broken = new FakeTarget { BeforeAnswer = () => throw fault };
        var resolver = new ResolverByGroup
        {
            Store = _ => _store,
            Target = group => group == Group ? new ResolvedTarget("broken", broken, _store) : new ResolvedTarget("fake", _target, _store),
        };
        var result = await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None);
        result.Faults.Select(fault => fault.Detail).ShouldBe([$"broken: {fault.Message}"]);
        _target.Started.ShouldHaveSingleItem().Group.ShouldBe(Other);
    }

    [Theory]
    [MemberData(nameof(FilesOfThisMachine))]
    public async Task A_file_that_resolving_a_target_cannot_use_is_a_fault_of_that_group_alone(Exception fault)
    {
        await AddAsync();
        await AddAsync(group: Other);
        var resolver = new ResolverByGroup
        {
            Store = group => group == Group ? throw fault : _store,
            Target = group => group == Group ? throw fault : new ResolvedTarget("fake", _target, _store),
        };
        var result = await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None);
        result.Faults.Select(fault => fault.Detail).ShouldBe([$"{Group}: {fault.Message}"]);
        _target.Started.ShouldHaveSingleItem().Group.ShouldBe(Other);
    }

    public static TheoryData<Exception, ControlFaultKind, string> FaultsOfTwoGroups => new()
    {
        { new TargetException("the cluster does not answer"), ControlFaultKind.Target, "slurm ann@gpu" },
        { new StoreException("the bucket does not answer"), ControlFaultKind.Store, "s3://bucket/team" },
        { new IOException("too many open files"), ControlFaultKind.Store, "s3://bucket/team" },
    };

    [Theory]
    [MemberData(nameof(FaultsOfTwoGroups))]
    public async Task A_cause_that_fails_two_groups_is_one_fault_with_its_kind_and_place(
        Exception cause, ControlFaultKind kind, string place)
    {
        await AddAsync(group: Group, on: new TargetSpec("slurm", "ann@gpu", Options), store: "s3://bucket/team");
        await AddAsync(group: Other, on: new TargetSpec("slurm", "ann@gpu", Options), store: "s3://bucket/team");
        var resolver = new ResolverByGroup { Target = _ => throw cause };
        var fault = (await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None)).Faults.ShouldHaveSingleItem();
        (fault.Kind, fault.Place).ShouldBe((kind, place));
        fault.Detail.ShouldEndWith(cause.Message);
    }

    [Fact]
    public async Task A_target_that_this_machine_cannot_use_is_a_fault_and_other_runs_are_submitted()
    {
        await AddAsync();
        await AddAsync(group: Other);
        var fault = new ControlFault(ControlFaultKind.Store, "/mnt/team", "the folder /mnt/team does not exist");
        var resolver = new ResolverByGroup
        {
            Store = _ => _store,
            Target = group => group == Group ? fault : new ResolvedTarget("fake", _target, _store),
        };
        (await Controller(Open(), resolver).ReconcileAsync(CancellationToken.None)).Faults.ShouldBe([fault]);
        _target.Started.ShouldHaveSingleItem().Group.ShouldBe(Other);
    }

    private static JsonElement Options => JsonDocument.Parse("{}").RootElement;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_target_whose_attempts_have_ended_is_forgotten(bool hasOtherFault)
    {
        if (hasOtherFault) await AddAsync(group: Other);
        var targets = new ResolverByGroup { Store = group => group == Other ? throw new StoreException("the bucket is gone") : _store };
        var controller = Controller(_ledger, targets);
        var first = await RunToItsEndAsync(controller, targets);
        await controller.ReconcileAsync(CancellationToken.None);
        await Task.Yield(); // the helper has left the stack
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        first.IsAlive.ShouldBeFalse();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> RunToItsEndAsync(Controller controller, ResolverByGroup targets)
    {
        var target = new FakeTarget();
        targets.Target = group =>
            group == Other ? throw new StoreException("the bucket is gone") : new ResolvedTarget("fake", target, _store);
        await AddAsync();
        await controller.ReconcileAsync(CancellationToken.None);
        await ReportAsync(First, new AttemptReport { State = AttemptState.Succeeded, ExitCode = 0 });
        target.Has.Remove(First);
        await controller.ReconcileAsync(CancellationToken.None);
        (await RunAsync()).State.ShouldBe(RunState.Succeeded);
        targets.Target = group => group == Other ? throw new StoreException("the bucket is gone") : TargetResolution.ControlledElsewhere;
        return new WeakReference(target);
    }

    /// <summary>Resolves each group in its own way.</summary>
    private sealed class ResolverByGroup : ITargetResolver
    {
        public Func<string, IStore?> Store { get; set; } = _ => null;

        public Func<string, TargetResolution> Target { get; set; } = _ => TargetResolution.ControlledElsewhere;

        public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Target(group.Id));

        public IStore? StoreOf(GroupRecord group) => Store(group.Id);
    }
}
