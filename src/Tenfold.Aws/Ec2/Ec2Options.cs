using System.Globalization;
using Tenfold.Core.Costs;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>The options of an <c>ec2</c> target in <c>tenfold.yaml</c>.</summary>
internal sealed record Ec2Options
{
    /// <summary>The stack when the project names none.</summary>
    public const string DefaultStack = "tenfold";

    /// <summary>The size of a machine's disk in GB when the project names none.</summary>
    public const int DefaultDisk = 50;

    /// <summary>The lifetime of a machine in hours when neither the project nor <c>max_runtime</c> sets one.</summary>
    public const int DefaultLifetime = 24;

    /// <summary>The word <c>ec2</c>, and the options as users write them.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("ec2",
    [
        new TextOption("region", "The AWS region.", "eu-west-1") { Default = "`AWS_REGION`, or the profile's" },
        new TextOption("stack", "The name of the stack that `tenfold infra apply` made.", "tenfold") { Default = "`tenfold`" },
        new TextOption("instance_type", "The type of the machines.", "g5.xlarge")
        {
            Default = "the cheapest common type that has the run's `resources`",
        },
        new FlagOption("spot", "Uses spot machines for all runs: cheaper, and Amazon may take them back.", "true")
        {
            Default = "`resources.spot`",
        },
        new WholeNumberOption("disk", Min: 8, Max: 16_384, "The size of each machine's disk, in GB.", "200") { Default = "`50`" },
        new WholeNumberOption(
            "lifetime", Min: 1, Max: 8_760,
            "The hours after which a machine ends itself in any case. A run that is not done by then continues on another machine from its "
            + "last checkpoint.", "48")
        {
            Default = "`max_runtime` and two hours; without it, 24",
        },
        new TextOption("image", "The id of a machine image, or the name of a public parameter of Systems Manager that has it.",
            "ami-0abcdef1234567890")
        {
            Default = "Amazon Linux 2023; for GPUs, Amazon's Deep Learning image",
        },
        new TextOption("setup", "Lines of bash that set up each machine before the run: system packages.", "dnf install -y gcc"),
        new TextListOption(
            "instances",
            "Ids of stopped machines of your own. Each run starts one of them, and stops it afterwards. Nothing is launched then.",
            "[ i-0abcdef1234567890 ]"),
        new TextOption(
            "usd_per_hour", "What an hour of a machine costs, in US dollars, if you pay another price than the list's.", "\"0.35\"")
        {
            Default = "Amazon's list price, or the spot price of the moment",
        },
    ])
    {
        PriceOption = "usd_per_hour",
        RunsImages = true,
        ControllerLibraries = ["AWSSDK.EC2.dll", "AWSSDK.SimpleSystemsManagement.dll"],
    };

    /// <summary>The region; null for the user's.</summary>
    public string? Region { get; init; }

    /// <summary>The name of the stack.</summary>
    public string Stack { get; init; } = DefaultStack;

    /// <summary>The type of the machines; null for the cheapest that suits the run.</summary>
    public string? InstanceType { get; init; }

    /// <summary>True for spot machines; null for what the run's resources say.</summary>
    public bool? Spot { get; init; }

    /// <summary>The size of the disk in GB.</summary>
    public int Disk { get; init; } = DefaultDisk;

    /// <summary>The lifetime of a machine; null for one that suits the run.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The image's id or its parameter; null for Amazon's own.</summary>
    public string? Image { get; init; }

    /// <summary>Lines of bash before the run; null for none.</summary>
    public string? Setup { get; init; }

    /// <summary>The user's own machines; empty to launch new ones.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>The price that the user pays; null for Amazon's. Text that is no number is a fault, see <see cref="FaultsOf"/>.</summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>Reads the options.</summary>
    public static Ec2Options From(TargetSettings settings) => new()
    {
        Region = settings.Text("region"),
        Stack = settings.Text("stack") ?? DefaultStack,
        InstanceType = settings.Text("instance_type"),
        Spot = settings.Flag("spot"),
        Disk = (int?)settings.Whole("disk") ?? DefaultDisk,
        Lifetime = settings.Whole("lifetime") is { } hours ? TimeSpan.FromHours(hours) : null,
        Image = settings.Text("image"),
        Setup = settings.Text("setup"),
        Instances = settings.Texts("instances"),
        UsdPerHour = ReadPrice(settings),
    };

    /// <summary>The options that a group's record has; null for none.</summary>
    public static Ec2Options Of(TargetSpec? target) => target is null ? new Ec2Options() : From(TargetSettings.From(target));

    /// <summary>Says what is wrong with options that were written in the right form; empty when nothing is.</summary>
    public static IEnumerable<string> FaultsOf(TargetSettings settings)
    {
        if (settings.Options.ContainsKey("usd_per_hour") && CostMath.Price(ReadPrice(settings)) is null)
            yield return "`usd_per_hour` must be a number of US dollars, at most 1000000, for example 0.35.";
        var options = From(settings);
        foreach (var instance in options.Instances.Where(id => !IsId(id, "i-")))
            yield return $"`instances` has '{instance}', which is not the id of a machine: ids look like i-0abcdef1234567890.";
        if (options.Instances.Count > 0 && (options.InstanceType ?? options.Image) is not null)
            yield return "`instances` names machines that exist, so `instance_type` and `image` have no effect: remove them.";
        if (options.Image is { } image && !IsId(image, "ami-") && !image.StartsWith('/'))
            yield return $"`image` is '{image}': write the id of an image (ami-…), or the path of a parameter (/aws/service/…).";
    }

    private static bool IsId(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length && text[prefix.Length..].All(char.IsAsciiHexDigit);

    // A number in tenfold.yaml arrives as a number when the option is a text, too.
    private static decimal? ReadPrice(TargetSettings settings) =>
        decimal.TryParse(settings.Text("usd_per_hour"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd)
            ? usd : null;
}
