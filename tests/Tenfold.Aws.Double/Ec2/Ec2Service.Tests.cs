using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Machines;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>What tests do to EC2, beside calling it.</summary>
public sealed partial class Ec2Service
{
    /// <summary>The ids of all instances in the order of their launches, ended ones included.</summary>
    public IReadOnlyList<string> InstanceIds
    {
        get
        {
            lock (_state.Gate) return [.. _state.Instances.Select(instance => instance.Id)];
        }
    }

    /// <summary>The ids of all volumes.</summary>
    public IReadOnlyList<string> VolumeIds
    {
        get
        {
            lock (_state.Gate) return [.. _state.Volumes.Select(volume => volume.Id)];
        }
    }

    public string StateOf(string id)
    {
        lock (_state.Gate) return Instance(id).State;
    }

    /// <summary>An instance as DescribeInstances shows it, without a call.</summary>
    public JsonObject Show(string id)
    {
        lock (_state.Gate) return _views.Describe(Instance(id));
    }

    /// <summary>What an instance has printed.</summary>
    public string ConsoleOf(string id)
    {
        var instance = Instance(id);
        lock (instance.Console) return string.Join('\n', instance.Console);
    }

    /// <summary>Launches are refused.</summary>
    /// <param name="error">InsufficientInstanceCapacity, VcpuLimitExceeded, MaxSpotInstanceCountExceeded, Unsupported.</param>
    /// <param name="zone">In this zone only; null for all.</param>
    /// <param name="type">Of this type only; null for all.</param>
    /// <param name="isSpot">Spot or on demand only; null for both.</param>
    public void Refuse(string error, string? zone = null, string? type = null, bool? isSpot = null)
    {
        var status = error == "InsufficientInstanceCapacity" ? 500 : 400;
        var text = error switch
        {
            "InsufficientInstanceCapacity" when isSpot == true => "There is no Spot capacity available that matches your request.",
            "InsufficientInstanceCapacity" => "We currently do not have sufficient capacity in the Availability Zone you requested.",
            "VcpuLimitExceeded" =>
                "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket.",
            "MaxSpotInstanceCountExceeded" => "Max spot instance count exceeded",
            _ => "Your requested instance type is not supported in your requested Availability Zone.",
        };
        lock (_state.Gate) _state.Refusals.Add((zone, type, isSpot, new AwsErrorException(status, error, text)));
    }

    /// <summary>Launches work again.</summary>
    public void Accept()
    {
        lock (_state.Gate) _state.Refusals.Clear();
    }

    /// <summary>Adds a launch template.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="profile">The instance profile of its instances.</param>
    /// <param name="securityGroup">Their security group.</param>
    public void AddTemplate(string id, string name, string profile, string securityGroup)
    {
        lock (_state.Gate)
            _state.Templates.Add(id, name, new JsonObject
            {
                ["IamInstanceProfile"] = new JsonObject { ["Name"] = profile },
                ["SecurityGroupIds"] = new JsonArray(securityGroup),
            });
    }

    /// <summary>New instances stay pending, or boot now.</summary>
    public void HoldBack(bool isHeld)
    {
        lock (_state.Gate)
        {
            _state.IsHeld = isHeld;
            if (isHeld) return;
            foreach (var instance in _state.Instances.Where(instance => instance.State == "pending")) _power.Boot(instance);
        }
    }

    /// <summary>AWS announces that it takes a spot instance back in two minutes.</summary>
    public void AnnounceInterruption(string id) => Imds(id).Interruption = _account.Time.GetUtcNow().AddMinutes(2);

    /// <summary>AWS says that a spot instance is at risk.</summary>
    public void RecommendRebalance(string id) => Imds(id).Rebalance = _account.Time.GetUtcNow();

    /// <summary>AWS takes a spot instance back.</summary>
    public void ReclaimSpot(string id) =>
        End(id, "Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Spot instance termination");

    /// <summary>The hardware of an instance dies.</summary>
    public void KillMachine(string id) => End(id, "Server.InternalError", "Server.InternalError: Internal error on launch", isSudden: true);

    /// <summary>The operating system of an instance hangs: nothing runs any longer, and it is paid on.</summary>
    public void Hang(string id)
    {
        Machine? machine;
        lock (_state.Gate) machine = Instance(id).Machine;
        machine?.Kill();
    }

    /// <summary>An ended instance loses its tags, as it does some time before it disappears.</summary>
    public void ForgetTags(string id)
    {
        lock (_state.Gate) Instance(id).Tags.Clear();
    }

    /// <summary>An ended instance disappears, as it does after about an hour.</summary>
    public void Forget(string id)
    {
        lock (_state.Gate) _state.Instances.Remove(Instance(id));
    }

    internal void Stop()
    {
        // Once this has the gate, no instance is half started.
        lock (_state.Gate) _account.Machines.Close();
    }

    private void End(string id, string reason, string text, bool isSudden = false)
    {
        lock (_state.Gate) _power.Shutdown(Instance(id), terminates: true, reason, text, isSudden);
    }

    private Imds Imds(string id)
    {
        lock (_state.Gate) return Instance(id).Imds ?? throw new InvalidOperationException($"{id} does not run");
    }

    private Ec2Instance Instance(string id)
    {
        lock (_state.Gate) return _state.Instances.Find(instance => instance.Id == id) ?? throw new ArgumentException($"no instance {id}");
    }
}
