using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Infrastructure;
using Tenfold.Aws.Stacks;

namespace Tenfold.Cli.Infra;

/// <summary>The options that name a stack.</summary>
internal sealed class PlaceOptions
{
    private readonly Option<string?> _on = new("--on") { Description = "The target in tenfold.yaml that uses the stack." };

    private readonly Option<string?> _region = new("--region")
    {
        Description = "The AWS region. Default: the targets' region in tenfold.yaml, AWS_REGION, or the region of the AWS profile.",
    };

    private readonly Option<string?> _stack = new("--stack")
    {
        Description = $"The stack's name. Default: the targets' stack in tenfold.yaml, or {AwsStack.DefaultName}.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_on);
        command.Add(_region);
        command.Add(_stack);
    }

    /// <summary>Finds the stack that the command line means.</summary>
    /// <exception cref="CommandException">It means none, or several.</exception>
    public AwsStack Resolve(ParseResult parsed, Services services) =>
        new StackPlace(parsed.GetValue(_on), parsed.GetValue(_region), parsed.GetValue(_stack)).Resolve(services, ".").OrFail();
}

/// <summary>The options that say what a stack has.</summary>
internal sealed class SettingsOptions
{
    private const string None = "none";
    private readonly Option<string?> _types = Text("--instance-types", "Types or families of machines without GPU, such as c7i,m7i.");
    private readonly Option<string?> _gpuTypes = Text("--gpu-instance-types", "Types or families of machines with GPUs, such as g5,g6.");
    private readonly Option<int?> _vcpus = Number("--max-vcpus", "How many vCPUs may run at once in each queue without GPUs.");
    private readonly Option<int?> _gpuVcpus = Number("--max-gpu-vcpus", "How many vCPUs may run at once in each queue with GPUs.");
    private readonly Option<bool?> _spot = Flag("--spot", "Whether there are queues of spot machines: true or false.");
    private readonly Option<bool?> _gpu = Flag("--gpu", "Whether there are queues of machines with GPUs: true or false.");
    private readonly Option<int?> _volume = Number("--volume-gb", "The size of the disk of each machine that Batch starts, in GB.");
    private readonly Option<string?> _vpc = Text("--vpc", "An existing VPC, instead of one of the stack's own; 'none' for that again.");
    private readonly Option<string?> _subnets = Text("--subnets", "Subnets of the existing VPC, separated by commas.");
    private readonly Option<string?> _ssh = Text("--ssh-from", "Addresses that may connect by SSH, as CIDR; 'none' for none.");
    private readonly Option<string?> _data = Text("--data-buckets", "Other buckets that runs may read data from, separated by commas.");
    private readonly Option<int?> _logDays = Number("--log-days", "After how many days CloudWatch deletes logs.");
    private readonly Option<string?> _boundary = Text("--permissions-boundary", "The ARN of a permissions boundary for the stack's roles.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_types, _gpuTypes, _vcpus, _gpuVcpus, _spot, _gpu, _volume, _vpc, _subnets, _ssh, _data, _logDays, _boundary])
            command.Add(option);
    }

    /// <summary>The settings that the command line names; the others stay as they are.</summary>
    /// <exception cref="CommandException">A setting can't be used.</exception>
    public StackSettings Read(ParseResult parsed)
    {
        var vpc = TextOf(parsed, _vpc);
        var settings = new StackSettings
        {
            InstanceTypes = ListOf(parsed, _types),
            GpuInstanceTypes = ListOf(parsed, _gpuTypes),
            MaxVcpus = parsed.GetValue(_vcpus),
            MaxGpuVcpus = parsed.GetValue(_gpuVcpus),
            Spot = parsed.GetValue(_spot),
            Gpu = parsed.GetValue(_gpu),
            VolumeGb = parsed.GetValue(_volume),
            Vpc = vpc,
            // Without the VPC, its subnets mean nothing.
            Subnets = ListOf(parsed, _subnets) ?? (vpc == "" ? [] : null),
            SshFrom = TextOf(parsed, _ssh),
            DataBuckets = ListOf(parsed, _data),
            LogDays = parsed.GetValue(_logDays),
            PermissionsBoundary = TextOf(parsed, _boundary),
        };
        return settings.Faults() is { Count: > 0 } faults
            ? throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", faults))
            : settings;
    }

    private static string? TextOf(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text
        ? text == None ? "" : text
        : null;

    private static List<string>? ListOf(ParseResult parsed, Option<string?> option) =>
        TextOf(parsed, option)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<int?> Number(string name, string description) => new(name) { Description = description };

    private static Option<bool?> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ExactlyOne };
}
