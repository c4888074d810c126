using Tenfold.Aws.Double.Batch;
using Tenfold.Aws.Double.Calls;
using Tenfold.Aws.Double.Ec2;
using Tenfold.Aws.Double.Ecr;
using Tenfold.Aws.Double.Ecs;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Double.Iam;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Quotas;
using Tenfold.Aws.Double.SageMaker;
using Tenfold.Aws.Double.Scaling;
using Tenfold.Aws.Double.Ssm;
using Tenfold.Aws.Double.Stacks;
using Tenfold.Aws.Double.Sts;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double;

/// <summary>
/// AWS on loopback. It answers as AWS does, with every trap that is known to us, and really runs jobs and instances as child processes of
/// this machine. It holds every request and answer to AWS's own models and checks every signature; what is wrong is thrown at the end.
/// </summary>
public sealed class AwsDouble : IDisposable
{
    private readonly Gateway _gateway;
    private readonly Account _account;

    public AwsDouble(AwsDoubleOptions? options = null)
    {
        _account = new Account(options ?? new AwsDoubleOptions());
        Logs = new LogsService(_account);
        Batch = new BatchService(_account, Logs);
        Ec2 = new Ec2Service(_account);
        Iam = new IamService(_account);
        Ecr = new EcrService(_account);
        Quotas = new QuotasService(_account);
        Parameters = new SsmService(_account);
        Ecs = new EcsService(_account, Logs, Parameters);
        Scaling = new ScalingService(_account);
        SageMaker = new TrainingService(_account, Logs, Quotas);
        var buckets = new BucketMaker(_account);
        Stacks = new StacksService(_account, new ResourceMaker(_account, Batch, Ec2, Logs, Iam, Ecr, Ecs, buckets), buckets);
        _gateway = new Gateway(_account,
            [Batch, Logs, Ec2, Stacks, Iam, Ecr, Quotas, SageMaker, new StsService(_account), Parameters, Ecs, Scaling]);
        _account.Endpoint = _gateway.Endpoint;
    }

    public AwsDoubleOptions Options => _account.Options;

    /// <summary>The endpoint of every service.</summary>
    public string Endpoint => _gateway.Endpoint;

    /// <summary>The calls so far.</summary>
    public CallLog Calls => _gateway.Calls;

    /// <summary>Which calls go wrong.</summary>
    public FaultPlan Faults => _gateway.Faults;

    public BatchService Batch { get; }

    public LogsService Logs { get; }

    public Ec2Service Ec2 { get; }

    public TrainingService SageMaker { get; }

    public StacksService Stacks { get; }

    public IamService Iam { get; }

    public EcrService Ecr { get; }

    public QuotasService Quotas { get; }

    /// <summary>ECS.</summary>
    public EcsService Ecs { get; }

    /// <summary>Application Auto Scaling.</summary>
    public ScalingService Scaling { get; }

    /// <summary>Systems Manager.</summary>
    public SsmService Parameters { get; }

    /// <summary>What requests and answers had that AWS's models don't allow, and defects of the double itself.</summary>
    public IReadOnlyList<string> ModelFaults => [.. _account.Defects];

    /// <summary>The variables that the user's shell has.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = Endpoint,
        ["AWS_REGION"] = Options.Region,
        ["AWS_DEFAULT_REGION"] = Options.Region,
        ["AWS_ACCESS_KEY_ID"] = Options.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = Options.Secret,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <summary>The user's keys expire, or are valid again.</summary>
    public void ExpireUser(bool expired = true) =>
        _account.AddUser(expired ? _account.Time.GetUtcNow().AddSeconds(-1) : null);

    /// <summary>The keys that jobs and instances received for a role expire; they can fetch new ones.</summary>
    /// <param name="part">A part of the role's name.</param>
    public void ExpireRole(string part) => _account.Credentials.ExpireRole(part);

    /// <summary>Opens the metadata service of a machine that the user works on.</summary>
    /// <param name="role">The role of the machine.</param>
    internal Imds OpenMetadata(string role) => new(_account, new Ec2Instance
    {
        Id = "i-0c0ffee0c0ffee0c0",
        ReservationId = "r-0c0ffee0c0ffee0c0",
        ImageId = "ami-0c0ffee0c0ffee0c0",
        InstanceType = "m5.large",
        Subnet = new Ec2Subnet("subnet-0", $"{Options.Region}a", "vpc-0"),
        LaunchTime = _account.Time.GetUtcNow(),
        Launch = [],
    }, role, _ => { });

    /// <summary>Forgets faults that a test has provoked.</summary>
    public void ForgetModelFaults() => _account.Defects.Clear();

    /// <summary>Ends every child process.</summary>
    public void Dispose()
    {
        Batch.Stop();
        Ecs.Stop();
        Ec2.Stop();
        SageMaker.Stop();
        Stacks.Stop();
        _account.Machines.Dispose();
        _gateway.Dispose();
        SageMaker.Dispose();
        _account.Dispose();
        if (!_account.Defects.IsEmpty) throw new InvalidOperationException(string.Join('\n', _account.Defects));
    }
}
