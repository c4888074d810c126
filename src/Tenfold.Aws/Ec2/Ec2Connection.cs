using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Diagnosis;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>The clients for one region and stack, with the credentials of the user's session.</summary>
internal sealed class Ec2Connection : IDisposable
{
    // docs/aws.md lists them for users.
    private static readonly string[] Actions =
    [
        "ec2:RunInstances", "ec2:CreateTags", "ec2:DescribeInstances", "ec2:DescribeImages", "ec2:TerminateInstances", "ssm:GetParameter",
        "cloudformation:DescribeStacks",
    ];

    private readonly AccountCheck _access;
    private readonly Ec2Client _ec2;
    private readonly SsmClient _ssm;
    private readonly StsClient _sts;
    private readonly StackOutputsReader _stack;

    private Ec2Connection(string region, string stack, AwsOptions options, AccountCheck access, TimeProvider time)
    {
        (Region, Stack, Aws) = (region, stack, options);
        _access = access;
        (_ec2, _ssm, _sts) = (new Ec2Client(options, time), new SsmClient(options, time), new StsClient(options, time));
        _stack = new StackOutputsReader(stack, options, time);
    }

    /// <summary>The region.</summary>
    public string Region { get; }

    /// <summary>The stack's name.</summary>
    public string Stack { get; }

    /// <summary>How to connect to AWS.</summary>
    public AwsOptions Aws { get; }

    /// <summary>EC2.</summary>
    public IEc2 Ec2 => _ec2;

    /// <summary>Says why no clients can be created; null when they can.</summary>
    public static string? FaultOf(Ec2Options options, UserSession session) =>
        (options.Region ?? SessionRegion.Find(session)) is null ? "no AWS region is set: set `region` of the target, or AWS_REGION." : null;

    /// <summary>Creates the clients. Nothing is requested yet.</summary>
    /// <exception cref="TargetException">No region is set, or an endpoint is not a URL.</exception>
    public static Ec2Connection Open(Ec2Options options, UserSession session, TimeProvider time)
    {
        try
        {
            if (FaultOf(options, session) is { } fault) throw new TargetException(fault);
            var region = options.Region ?? SessionRegion.Find(session)!;
            var connect = new AwsOptions { Region = region };
            return new Ec2Connection(region, options.Stack, connect, new AccountCheck(connect, session, time), time);
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }
    }

    /// <summary>Asks which account the credentials belong to.</summary>
    /// <exception cref="TargetException">AWS does not answer, or refuses the credentials.</exception>
    public async Task<string> AccountAsync(CancellationToken cancellationToken) =>
        (await Ec2Faults.TranslateAsync(() => _sts.GetCallerIdentityAsync(cancellationToken))).Account;

    /// <summary>Reads what the stack offers, for attempts that were recorded. They wait until the stack can be used.</summary>
    /// <exception cref="TargetException">The stack can't be used, or AWS does not answer.</exception>
    public async Task<StackOutputs> StackAsync(CancellationToken cancellationToken) =>
        (await FindStackAsync(cancellationToken)).Match(outputs => outputs, refusal => throw new TargetException(refusal.Message));

    /// <summary>Reads what the stack offers.</summary>
    /// <returns>What it offers; or Unavailable: the stack can't be used.</returns>
    /// <exception cref="TargetException">AWS does not answer.</exception>
    public async Task<Outcome<StackOutputs>> FindStackAsync(CancellationToken cancellationToken) =>
        await Ec2Faults.TranslateAsync(() => _stack.ReadAsync(cancellationToken)) is var found && found is StackLookup.Ready ready
            ? ready.Outputs : Refusal.Unavailable($"{found.Problem}.");

    /// <summary>Checks the credentials, permissions and quotas.</summary>
    public Task<IReadOnlyList<AccessCheck>> CheckAccessAsync(CancellationToken cancellationToken) =>
        _access.RunAsync(Actions, [], cancellationToken);

    /// <summary>Reads a parameter of Systems Manager.</summary>
    public Task<string> ReadParameterAsync(string name, CancellationToken cancellationToken) =>
        _ssm.GetParameterAsync(name, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ec2.Dispose();
        _ssm.Dispose();
        _sts.Dispose();
        _stack.Dispose();
    }
}
