using System.Globalization;
using System.Text.RegularExpressions;
using Tenfold.Core.Attempts;
using Tenfold.Core.Costs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>The options of a <c>sagemaker</c> target in <c>tenfold.yaml</c>.</summary>
internal sealed partial record SageMakerOptions
{
    /// <summary>The stack that <c>tenfold infra apply</c> makes unless it is told another name.</summary>
    public const string DefaultStack = "tenfold";

    /// <summary>The size of a machine's disk in GB when the project names none.</summary>
    public const int DefaultDisk = 50;

    /// <summary>How many hours a job waits for spot machines when the project does not say.</summary>
    public const int DefaultMaxWait = 24;

    /// <summary>The word <c>sagemaker</c>, and the options as users write them.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("sagemaker",
    [
        new TextOption("region", "The AWS region.", "eu-west-1") { Default = "`AWS_REGION`, or the profile's" },
        new TextOption("stack", "The stack that `tenfold infra apply` made: its role and bucket are used.", "tenfold")
        {
            Default = "`tenfold`; none with `role`",
        },
        new TextOption(
            "role", "The name or the ARN of the role that the jobs have. Without `stack`, a `store` is needed too.", "ml-training")
        {
            Default = "the stack's",
        },
        new TextOption("instance_type", "The type of the machines.", "ml.g5.xlarge")
        {
            Default = "the cheapest common type that has the run's `resources`",
        },
        new FlagOption(
            "spot",
            "Use managed spot training, which is cheaper. AWS may reclaim the machine; the run then resumes from its checkpoint.", "true")
        {
            Default = "as `resources.spot` says",
        },
        new WholeNumberOption(
            "max_wait", Min: 1, Max: 600, "For how many hours a spot job may wait for machines, all of its waits together.", "48")
        {
            Default = $"`{DefaultMaxWait}`",
        },
        new WholeNumberOption("disk", Min: 1, Max: 16_384, "The size of each machine's disk, in GB.", "200")
        {
            Default = $"`{DefaultDisk}`",
        },
        new WholeNumberOption(
            "keep_alive", Min: 1, Max: 60,
            "For how many minutes a machine stays ready for the next run after a run has ended (a warm pool). The wait costs as much as "
            + "the run. The account needs a quota for it, and spot machines don't have it.", "15"),
        new TextOption(
            "image",
            "The container image, in a private repository of ECR. It needs glibc and the core utilities. An image of `public.ecr.aws` "
            + "comes through the stack's cache.", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml:1.4")
        {
            Default = "AWS's Deep Learning image with PyTorch, for GPUs if the machine has some",
        },
        new TextOption("setup", "Lines of bash that set up each job before the run: system packages, private repositories.",
            "apt-get update && apt-get install -y libgomp1"),
        new TextOption(
            "usd_per_hour", "What an hour of a machine costs, in US dollars.", "\"0.35\"")
        {
            Default = "Amazon's list price where Tenfold knows it, which it doesn't for spot",
        },
    ])
    {
        PriceOption = "usd_per_hour",
        RunsImages = true,
    };

    /// <summary>The region; null for the user's.</summary>
    public string? Region { get; init; }

    /// <summary>The stack; null for none.</summary>
    public string? Stack { get; init; }

    /// <summary>The name or ARN of the jobs' role; null for the stack's.</summary>
    public string? Role { get; init; }

    /// <summary>The type of the machines; null for the cheapest that suits the run.</summary>
    public string? InstanceType { get; init; }

    /// <summary>True for spot machines; null as the run's resources say.</summary>
    public bool? Spot { get; init; }

    /// <summary>How long a spot job may wait for machines.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromHours(DefaultMaxWait);

    /// <summary>The size of the disk in GB.</summary>
    public int Disk { get; init; } = DefaultDisk;

    /// <summary>How long a machine stays ready after a run; null for not at all.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The image; null for AWS's Deep Learning image.</summary>
    public string? Image { get; init; }

    /// <summary>Lines of bash that run before the agent; null for none.</summary>
    public string? Setup { get; init; }

    /// <summary>
    /// The price that the user states; null for the list's. Text that is no number is a fault, see <see cref="FaultsOf"/>.
    /// </summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>Reads the options.</summary>
    public static SageMakerOptions From(TargetSettings settings) => new()
    {
        Region = settings.Text("region"),
        Stack = settings.Text("stack") ?? (settings.Text("role") is null ? DefaultStack : null),
        Role = settings.Text("role"),
        InstanceType = settings.Text("instance_type"),
        Spot = settings.Flag("spot"),
        MaxWait = TimeSpan.FromHours(settings.Whole("max_wait") ?? DefaultMaxWait),
        Disk = (int?)settings.Whole("disk") ?? DefaultDisk,
        KeepAlive = settings.Whole("keep_alive") is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Image = settings.Text("image"),
        Setup = settings.Text("setup"),
        UsdPerHour = ReadPrice(settings),
    };

    /// <summary>The options of an assignment's target.</summary>
    public static SageMakerOptions Of(Assignment assignment)
    {
        var options = assignment.Spec.Target is { } spec
            ? From(TargetSettings.From(spec)) : new SageMakerOptions { Stack = DefaultStack };
        return assignment.Spec.Environment.Image is { } image ? options with { Image = image } : options;
    }

    /// <summary>Says what is wrong with options that were written in the right form.</summary>
    public static IEnumerable<string> FaultsOf(TargetSettings settings)
    {
        if (settings.Options.ContainsKey("usd_per_hour") && CostMath.Price(ReadPrice(settings)) is null)
            yield return "`usd_per_hour` must be a number of US dollars, at most 1000000, for example 0.35.";
        var options = From(settings);
        if (options.InstanceType is { } type && !type.StartsWith("ml.", StringComparison.Ordinal))
            yield return $"`instance_type` is '{type}', but SageMaker's types begin with `ml.`: write ml.{type}.";
        if (options.Role is { } role && !RoleName().IsMatch(role))
            yield return $"`role` is '{role}': write the role's name, or its ARN (arn:aws:iam::ACCOUNT:role/NAME).";
        if (options is { KeepAlive: not null, Spot: true })
            yield return "`keep_alive` has no effect with `spot`, because SageMaker keeps no spot machines: remove one of them.";
        if (options.Setup?.Length > MaxSetup)
            yield return $"`setup` has {options.Setup.Length:N0} characters, and {MaxSetup:N0} are allowed: put the lines into a script of "
                + "the project, and run it from there.";
    }

    // The setup is part of the start script, which is a file. The limit keeps the file of each attempt small.
    private const int MaxSetup = 64 * 1024;

    // A number in tenfold.yaml arrives as a number when the option is a text, too.
    private static decimal? ReadPrice(TargetSettings settings) =>
        decimal.TryParse(settings.Text("usd_per_hour"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd)
            ? usd : null;

    [GeneratedRegex(@"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+|[\w+=,.@-]{1,64})$", RegexOptions.CultureInvariant)]
    private static partial Regex RoleName();
}
