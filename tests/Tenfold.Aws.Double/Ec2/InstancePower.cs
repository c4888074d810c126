using Tenfold.Aws.Double.Machines;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>Boots, stops and ends instances. Everything here runs under the state's gate.</summary>
internal sealed class InstancePower(Account account, Ec2State state)
{
    private const double ShutdownSeconds = 90;

    /// <summary>Boots an instance: it is pending, and then running.</summary>
    public void Boot(Ec2Instance instance) => account.Run(() =>
    {
        lock (state.Gate)
        {
            if (instance.State != "pending" || state.IsHeld || account.Machines.IsClosed) return Task.CompletedTask;
            instance.State = "running";
            instance.Boots++;
            if (account.Options.RunsProcesses) Start(instance);
        }
        return Task.CompletedTask;
    });

    /// <summary>Starts a stopped instance; a running one stays as it is.</summary>
    public void Start(Ec2Instance instance, string previous)
    {
        if (previous is "running" or "pending") return;
        if (previous != "stopped")
            throw new AwsErrorException(400, "IncorrectInstanceState",
                $"The instance '{instance.Id}' is not in a state from which it can be started.");
        instance.State = "pending";
        instance.StateReason = null;
        instance.TransitionReason = "";
        instance.LaunchTime = account.Time.GetUtcNow();
        Boot(instance);
    }

    /// <summary>Stops or ends an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="terminates">True to end it for ever.</param>
    /// <param name="reason">Why, as EC2 says it.</param>
    /// <param name="text">The reason in words.</param>
    /// <param name="isSudden">True when its processes get no signal to end.</param>
    public void Shutdown(Ec2Instance instance, bool terminates, string reason, string text, bool isSudden = false)
    {
        if (instance.State is "terminated" or "shutting-down" || (!terminates && instance.State is "stopped" or "stopping")) return;
        var hasEnded = instance.State == "stopped";
        instance.State = terminates ? "shutting-down" : "stopping";
        instance.StateReason = (reason, text);
        instance.TransitionReason = $"{text} ({account.Time.GetUtcNow():yyyy-MM-dd HH:mm:ss} GMT)";
        var machine = instance.Machine;
        account.Run(async () =>
        {
            if (machine is not null) await EndAsync(machine, isSudden);
            lock (state.Gate) Settle(instance);
        });
        if (hasEnded) Settle(instance);
    }

    // An instance that is shutting down signals all its processes, and kills what is left.
    private async Task EndAsync(Machine machine, bool isSudden)
    {
        if (!isSudden)
        {
            machine.SignalAll(Signals.Terminate);
            var grace = account.Options.Grace ?? account.Seconds(ShutdownSeconds);
            await Task.WhenAny(machine.Ended, Task.Delay(grace, account.Time));
        }
        machine.Kill();
        await machine.Ended;
    }

    private void Settle(Ec2Instance instance)
    {
        if (instance.State is not ("shutting-down" or "stopping")) return;
        instance.State = instance.State == "stopping" ? "stopped" : "terminated";
        instance.Machine = null;
        instance.Imds?.Dispose();
        instance.Imds = null;
        if (instance.State == "stopped") return;
        foreach (var volume in instance.Volumes)
        {
            volume.InstanceId = null;
            if (volume.DeleteOnTermination) state.Volumes.Remove(volume);
        }
        instance.Volumes.Clear();
    }

    private void Start(Ec2Instance instance)
    {
        instance.Folder ??= account.NewFolder("instance");
        instance.Imds = new Imds(account, instance, state.Profiles.GetValueOrDefault(instance.Profile ?? "", instance.Profile ?? ""), how =>
        {
            lock (state.Gate)
                Shutdown(instance, how == "poweroff" && instance.ShutdownBehavior == "terminate", "Client.InstanceInitiatedShutdown",
                    "Client.InstanceInitiatedShutdown: Instance initiated shutdown");
        });
        var script = UserDataScript.Of(instance);
        instance.Machine = account.Machines.Start(new MachineSpec(
            InstanceDisk.Prepare(instance, script), instance.Folder, InstanceDisk.Environment(account, instance), line =>
            {
                lock (instance.Console) instance.Console.Add(line);
            }));
    }
}
