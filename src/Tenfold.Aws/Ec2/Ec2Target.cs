using System.Globalization;
using System.Text;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Prices;
using Tenfold.Aws.Secrets;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Amazon's machines, one for each attempt. A machine's tags name its attempt, so the listing alone tells what was launched: after a crash
/// between launching and recording, the next controller finds the machine and launches none. Each machine ends itself.
/// </summary>
internal sealed class Ec2Target : ITarget, IChecksAccess, IChecksWork, IDescribesStart, IFindsLeftovers, IPrices,
    IStoresSecrets, IOffersShell, ILocatesJobs
{
    private const int LaunchesAtOnce = 8;

    private readonly IEc2 _ec2;
    private readonly string _region;
    private readonly Func<CancellationToken, Task<StackOutputs>> _readStack;
    private readonly IStore _store;
    private readonly IAgentArchives _archives;
    private readonly UserSession _session;
    private readonly MachineList _machines;
    private readonly MachineLauncher _launcher;
    private readonly MachineObserver _observer;
    private readonly MachineStopper _stopper;
    private readonly MachineImages _images;
    private readonly Ec2Prices _prices;
    private readonly SecretStorage _secrets;
    private readonly string _stack;
    private readonly Func<CancellationToken, Task<IReadOnlyList<AccessCheck>>> _checkAccess;

    /// <summary>Makes the target from its parts.</summary>
    internal Ec2Target(
        Ec2Parts parts, IStore store, IAgentArchives archives, UserSession session, SecretSource secrets, string prices, TimeProvider time)
    {
        _stack = parts.Stack;
        _secrets = new SecretStorage(parts.Aws ?? new AwsOptions { Region = parts.Region }, session.User, secrets, time);
        (_ec2, _region, _readStack, _store, _archives, _session) = (parts.Ec2, parts.Region, parts.ReadStack, store, archives, session);
        _checkAccess = parts.CheckAccess ?? (_ => Task.FromResult<IReadOnlyList<AccessCheck>>([]));
        _machines = new MachineList(_ec2);
        _images = new MachineImages(_ec2, parts.ReadParameter, time);
        _launcher = new MachineLauncher(_ec2, _images, store);
        _observer = new MachineObserver(_machines, store, time);
        _stopper = new MachineStopper(_ec2, _machines, store, time);
        _prices = new Ec2Prices(_ec2, _region, new UserPrices(prices), time);
    }

    /// <inheritdoc/>
    /// <remarks>Each attempt is a launch. Beside them: the list of machines, the stack, the image's parameter and its disk.</remarks>
    public TargetCapabilities Capabilities { get; } =
        new("ec2", new CallsPerHundred(Start: 104, Observe: 1, Stop: 3)) { HasSpot = true, HasGpus = true };

    /// <summary>Makes the target of a connection.</summary>
    public static Ec2Target Create(
        Ec2Connection connection, IStore store, IAgentArchives archives, UserSession session, SecretSource secrets, string prices,
        TimeProvider time) =>
        new(new Ec2Parts(
            connection.Ec2, connection.Region, connection.StackAsync, connection.ReadParameterAsync, connection.CheckAccessAsync)
        {
            Aws = connection.Aws,
            Stack = connection.Stack,
        }, store, archives, session, secrets, prices, time);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        // The list first: an earlier call may have been killed before its outcome was recorded.
        var found = await _machines.FindAsync([.. assignments.Select(assignment => assignment.Attempt)], cancellationToken);
        var outcomes = new Dictionary<string, StartOutcome>();
        foreach (var assignment in assignments)
            if (found.TryGetValue(assignment.Attempt, out var machine) && !MayStartAgain(machine))
                outcomes[assignment.Attempt] = StartOutcome.Started;
            else if (Refuse(assignment) is { } refusal) outcomes[assignment.Attempt] = refusal;
        List<Assignment> wanted = [.. assignments.Where(assignment => !outcomes.ContainsKey(assignment.Attempt))];
        var written = await new AssignmentWriter(_store).WriteAsync(wanted, cancellationToken);
        foreach (var begun in written.Where(attempt => attempt.HasBegun)) outcomes[begun.Assignment.Attempt] = StartOutcome.Started;
        List<WrittenAttempt> open = [.. written.Where(attempt => !attempt.HasBegun)];
        await StoreSecretsAsync(open, outcomes, cancellationToken);
        if (open.Count > 0) await StartAsync(open, outcomes, cancellationToken);
        return [.. assignments.Select(assignment => outcomes[assignment.Attempt])];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _observer.ObserveAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        _stopper.StopAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) =>
        _machines.ListLiveAsync(ledger, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) =>
        _prices.FindAsync(Ec2Options.Of(target), resources, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TargetLeftover>> FindLeftoversAsync(string ledger, CancellationToken cancellationToken) =>
        new MachineLeftovers(_ec2).FindAsync(ledger, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessCheck>> CheckAccessAsync(CancellationToken cancellationToken) => _checkAccess(cancellationToken);

    /// <inheritdoc/>
    public Task<Refusal?> RefuseAsync(
        ResourceSpec resources, IReadOnlyList<string> secrets, TargetSpec target, CancellationToken cancellationToken) =>
        Task.FromResult(FaultsOf(resources, Ec2Options.Of(target)).Select(fault => fault.Words).Concat(_secrets.FaultsOf(secrets)).ToList()
            is { Count: > 0 } words ? Refusal.BadInput(words) : null);

    /// <inheritdoc/>
    public async Task<Outcome<ShellCommand>> FindShellAsync(string attempt, CancellationToken cancellationToken)
    {
        var found = await _machines.FindAsync([attempt], cancellationToken);
        if (!found.TryGetValue(attempt, out var machine))
            return Refusal.NotFound($"EC2 shows no machine of {attempt} yet: try again in a minute");
        return MachineStates.StateOf(machine) == "running"
            ? Shells.ToMachine(machine.InstanceId, _region)
            : Refusal.NotFound($"the machine {machine.InstanceId} of {attempt} does not run ({MachineStates.StateOf(machine)})");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BackendJob?>> LocateAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var ids = await new ClaimedJobs(_store, Ec2Host.Service).FindAsync(
            attempts,
            async unclaimed => (await _machines.FindAsync(unclaimed, cancellationToken))
                .ToDictionary(one => one.Key, one => one.Value.InstanceId), cancellationToken);
        return
        [
            .. ids.Select(id => id is null ? null : new BackendJob(
                $"EC2 machine {id} in {_region}", $"aws ec2 describe-instances --region {_region} --instance-ids {id}")),
        ];
    }

    /// <inheritdoc/>
    public Task RemoveSecretsAsync(string ledger, IReadOnlyList<string> groups, CancellationToken cancellationToken) =>
        Ec2Faults.TranslateAsync(async () =>
        {
            await _secrets.RemoveAsync(_stack, ledger, groups, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public async Task<Outcome<string>> DescribeAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        List<string> faults =
            [.. assignments.SelectMany(FaultsOf).Select(fault => $"the runs could not be submitted: {fault.Words}.").Distinct()];
        if (faults.Count > 0) return Refusal.BadInput(faults);
        if (!(await _archives.ArchiveOfAsync(_store, cancellationToken)).Succeeded(out var agent, out var refusal)) return refusal;
        var text = new StringBuilder();
        foreach (var group in assignments.GroupBy(assignment => assignment.Group))
        {
            var first = group.First();
            var options = Ec2Options.Of(first.Spec.Target);
            var price = (await FindPriceAsync(first.Spec.Resources, first.Spec.Target, cancellationToken)).Match(
                found => found.Usd is { } usd
                    ? $"{Money.Format(usd)} USD an hour each" : "price unknown",
                fault => $"price unknown: {fault.Message}");
            var what = options.Instances.Count > 0
                ? $"start {group.Count()} of the machines {string.Join(", ", options.Instances)}"
                : $"launch {group.Count()} × {Words(PlanOf(options, first.Spec.Resources)!)} with {options.Disk} GB";
            text.Append(CultureInfo.InvariantCulture, $"# {what} in {_region}; {price}\n")
                .Append(Script(first, AssignmentWriter.ListOf(first), options, agent, key: "…")).Append('\n');
        }

        return text.ToString();
    }

    private LaunchPlan? PlanOf(Ec2Options options, ResourceSpec resources) => LaunchPlan.For(options, resources, _region, out _);

    private static string Words(LaunchPlan plan) => plan.IsSpot ? $"{plan.InstanceType} (spot)" : plan.InstanceType;

    // The start of a machine of the user's own may have been interrupted after its tag was set.
    private static bool MayStartAgain(Amazon.EC2.Model.Instance machine) =>
        MachineTags.IsBorrowed(machine) && MachineStates.StateOf(machine) is "stopped" or "stopping";

    private StartOutcome? Refuse(Assignment assignment) =>
        FaultsOf(assignment).ToList() is { Count: > 0 } faults
            ? new StartOutcome(
                StartKind.Invalid, faults[0] with { Words = string.Join("; ", faults.Select(fault => fault.Words)) })
            : null;

    private IEnumerable<Reason.OfBackend> FaultsOf(Assignment assignment) =>
        FaultsOf(assignment.Spec.Resources, Ec2Options.Of(assignment.Spec.Target));

    private IEnumerable<Reason.OfBackend> FaultsOf(ResourceSpec resources, Ec2Options options)
    {
        if (options.Instances.Count > 0) yield break;
        if (LaunchPlan.For(options, resources, _region, out var fault) is null) yield return fault!;
    }

    private async Task StoreSecretsAsync(
        List<WrittenAttempt> wanted, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        var refusals = await _secrets.StoreAsync(wanted.Select(attempt => attempt.Assignment), _stack, cancellationToken);
        foreach (var attempt in wanted)
        {
            if (refusals.GetValueOrDefault(attempt.Assignment.Group) is not { } refusal) continue;
            outcomes[attempt.Assignment.Attempt] = new StartOutcome(refusal.Kind, refusal.MissingNames is { } missing
                ? new Reason.SecretsMissing(missing)
                : Ec2Reason.Of(Ec2Fact.SecretsNotPassed, refusal.Words, refusal.Code));
        }

        wanted.RemoveAll(attempt => refusals.ContainsKey(attempt.Assignment.Group));
    }

    private async Task StartAsync(
        List<WrittenAttempt> wanted, Dictionary<string, StartOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (!(await _archives.UploadAsync(_store, cancellationToken)).Succeeded(out var agent, out var refused))
        {
            // Another shell, or this one after a repair, may be able to deliver the agent.
            var later = new StartOutcome(StartKind.NoCapacity, Ec2Reason.Of(
                Ec2Fact.AgentNotDelivered, $"{refused.Message.TrimEnd('.')}; Tenfold will retry"));
            foreach (var attempt in wanted) outcomes[attempt.Assignment.Attempt] = later;
            return;
        }

        var borrowed = new BorrowedMachines(_ec2, _machines);
        await borrowed.ReadAsync(wanted.SelectMany(attempt => attempt.Options.Instances), cancellationToken);
        // What one attempt is refused for lack of room, every other attempt with such a machine is refused too.
        var refusals = new Dictionary<string, StartOutcome>();
        foreach (var chunk in wanted.Chunk(LaunchesAtOnce))
        {
            var found = await Task.WhenAll(chunk.Select(attempt => refusals.TryGetValue(Machine(attempt), out var refusal)
                ? Task.FromResult(refusal) : StartAsync(attempt, agent, borrowed, cancellationToken)));
            foreach (var (attempt, outcome) in chunk.Zip(found))
            {
                outcomes[attempt.Assignment.Attempt] = outcome;
                if (LaunchRefusals.IsGeneral(outcome)) refusals[Machine(attempt)] = outcome;
            }
        }
    }

    private async Task<StartOutcome> StartAsync(
        WrittenAttempt attempt, AgentArchive agent, BorrowedMachines borrowed, CancellationToken cancellationToken)
    {
        var (assignment, options) = (attempt.Assignment, attempt.Options);
        var script = Script(assignment, attempt.List!, options, agent, _session.EnvironmentKey.Value);
        var size = Encoding.UTF8.GetByteCount(script);
        if (size > UserData.MaxBytes)
            return new StartOutcome(StartKind.Invalid, Ec2Reason.Of(
                Ec2Fact.ScriptTooLong,
                $"the machine's script has {size:N0} bytes, and EC2 accepts {UserData.MaxBytes:N0}: shorten `setup` of the target"));
        if (options.Instances.Count > 0) return await borrowed.StartAsync(assignment, options, script, _region, cancellationToken);
        var plan = PlanOf(options, assignment.Spec.Resources)!;
        var stack = await _readStack(cancellationToken);
        return await _launcher.LaunchAsync(
            new MachineLaunch(assignment, options, plan, stack, _region, script), attempt.IsNew, cancellationToken);
    }

    private string Machine(WrittenAttempt attempt) => attempt.Options.Instances.Count > 0
        ? string.Join(' ', attempt.Options.Instances)
        : PlanOf(attempt.Options, attempt.Assignment.Spec.Resources) is { } plan ? Words(plan) : "";

    private string Script(
        Assignment assignment, AttemptList list, Ec2Options options, AgentArchive agent, string? key) => UserData.Write(
        new MachineSettings(
            assignment.Attempt, LaunchPlan.LifetimeOf(options, assignment.Spec.Resources), options.Instances.Count > 0,
            new StartVariables
            {
                Store = _store.Url,
                Region = _region,
                Agent = agent,
                List = list,
                Key = key,
                Setup = options.Setup,
                Secrets = assignment.Spec.Secrets.Count > 0 ? SecretPath.OfLedger(_stack, assignment.Ledger) : null,
                Session = _session.Environment,
            })
        {
            Image = assignment.Spec.Environment.Image,
        });
}
