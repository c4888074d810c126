using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Logs;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Wire;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>The services of AWS for one place. The stack's outputs are read again when they expire.</summary>
/// <param name="options">The target's options.</param>
/// <param name="aws">How to connect.</param>
/// <param name="time">The clock.</param>
internal sealed class SageMakerConnection(SageMakerOptions options, AwsOptions aws, TimeProvider time)
{
    private readonly Lazy<SageMakerClient> _jobs = new(() => new SageMakerClient(aws, time));
    private readonly Lazy<LogsClient> _logs = new(() => new LogsClient(aws, time));
    private readonly Lazy<StsClient> _sts = new(() => new StsClient(aws, time));
    private readonly Lazy<StackOutputsReader>? _stack =
        options.Stack is { } name ? new(() => new StackOutputsReader(name, aws, time)) : null;
    private SageMakerPlace? _withoutStack;

    /// <summary>How to connect.</summary>
    public AwsOptions Aws => aws;

    /// <summary>The image that the target names; null for the default.</summary>
    public string? Image => options.Image;

    /// <summary>The stack's name; null for none.</summary>
    public string? Stack => options.Stack;

    /// <summary>SageMaker.</summary>
    /// <exception cref="AwsException">No region is set.</exception>
    public SageMakerClient Jobs => _jobs.Value;

    /// <summary>CloudWatch Logs.</summary>
    public LogsClient Logs => _logs.Value;

    /// <summary>Tells whether this user's account and region are a place's. The place's stack need not exist any more.</summary>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public async Task<bool> IsAtAsync(string place, CancellationToken cancellationToken) =>
        aws.Region is { } region
        && SageMakerPlace.NameOf((await _sts.Value.GetCallerIdentityAsync(cancellationToken)).Account, region) == place;

    /// <summary>Finds the place of jobs that were submitted, about which nothing may be concluded without it.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="TargetException">There is no such stack, or no region is set.</exception>
    public async Task<SageMakerPlace> GetPlaceAsync(CancellationToken cancellationToken) =>
        (await FindPlaceAsync(cancellationToken)).Match(place => place, refusal => throw new TargetException(refusal.Message));

    /// <summary>Finds the place.</summary>
    /// <returns>The place; or a refusal: there is no such stack, or no region is set.</returns>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<Outcome<SageMakerPlace>> FindPlaceAsync(CancellationToken cancellationToken)
    {
        if (_stack is null) return await FindWithoutStackAsync(cancellationToken);
        var found = await _stack.Value.ReadAsync(cancellationToken);
        if (found is not StackLookup.Ready { Outputs: var outputs }) return Refusal.Unavailable($"{found.Problem}.");
        return new SageMakerPlace
        {
            Account = outputs.Account,
            Region = outputs.Region,
            Stack = options.Stack,
            Role = options.Role is { } role ? SageMakerPlace.RoleArn(role, outputs.Account, outputs.Region) : outputs.TrainingRole,
            PullThrough = outputs.PullThrough,
            StoreUrl = outputs.StoreUrl,
        };
    }

    private async Task<Outcome<SageMakerPlace>> FindWithoutStackAsync(CancellationToken cancellationToken)
    {
        if (_withoutStack is not null) return _withoutStack;
        if (aws.Region is not { } region) return Refusal.BadInput("No AWS region is set: set `region` of the target, or AWS_REGION.");
        var account = (await _sts.Value.GetCallerIdentityAsync(cancellationToken)).Account;
        return _withoutStack = new SageMakerPlace
        {
            Account = account,
            Region = region,
            Role = SageMakerPlace.RoleArn(options.Role!, account, region),
        };
    }
}
