using System.Text.RegularExpressions;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>Finds the image of a job. SageMaker takes images from private repositories of ECR only.</summary>
/// <remarks>
/// The default is AWS's Deep Learning image with PyTorch. AWS publishes it in accounts of its own, which differ between regions. Source:
/// sagemaker-python-sdk, <c>image_uri_config/pytorch.json</c>, as of November 2026, and AWS's list of Deep Learning images.
/// </remarks>
internal static partial class TrainingImages
{
    private const string Public = "public.ecr.aws/";
    private const string Version = "2.5.1", Python = "py311";
    private const string MostRegions = "763104351884";

    private static readonly Dictionary<string, string> Accounts = new()
    {
        ["af-south-1"] = "626614931356",
        ["ap-east-1"] = "871362719292",
        ["ap-northeast-1"] = MostRegions,
        ["ap-northeast-2"] = MostRegions,
        ["ap-northeast-3"] = "364406365360",
        ["ap-south-1"] = MostRegions,
        ["ap-south-2"] = "772153158452",
        ["ap-southeast-1"] = MostRegions,
        ["ap-southeast-2"] = MostRegions,
        ["ap-southeast-3"] = "907027046896",
        ["ap-southeast-4"] = "457447274322",
        ["ca-central-1"] = MostRegions,
        ["ca-west-1"] = "204538143572",
        ["cn-north-1"] = "727897471807",
        ["cn-northwest-1"] = "727897471807",
        ["eu-central-1"] = MostRegions,
        ["eu-central-2"] = "380420809688",
        ["eu-north-1"] = MostRegions,
        ["eu-south-1"] = "692866216735",
        ["eu-south-2"] = "503227376785",
        ["eu-west-1"] = MostRegions,
        ["eu-west-2"] = MostRegions,
        ["eu-west-3"] = MostRegions,
        ["il-central-1"] = "780543022126",
        ["me-central-1"] = "914824155844",
        ["me-south-1"] = "217643126080",
        ["sa-east-1"] = MostRegions,
        ["us-east-1"] = MostRegions,
        ["us-east-2"] = MostRegions,
        ["us-gov-east-1"] = "446045086412",
        ["us-gov-west-1"] = "442386744353",
        ["us-west-1"] = MostRegions,
        ["us-west-2"] = MostRegions,
    };

    /// <summary>Finds the image.</summary>
    /// <param name="named">The target's image; null for the default.</param>
    /// <param name="place">The place.</param>
    /// <param name="hasGpus">True when the machine has GPUs.</param>
    /// <param name="fault">Why there is no image, and what to do; null when there is one.</param>
    public static string? Find(string? named, SageMakerPlace place, bool hasGpus, out string? fault)
    {
        fault = null;
        if (named is null)
        {
            if (Accounts.GetValueOrDefault(place.Region) is { } account)
                return $"{account}.dkr.ecr.{place.Region}.{Domain(place.Region)}/pytorch-training:"
                    + $"{Version}-{(hasGpus ? "gpu" : "cpu")}-{Python}";
            fault = $"Tenfold knows no Deep Learning image of AWS in the region {place.Region}: set the target's `image`";
            return null;
        }

        var image = place.PullThrough is { Length: > 0 } cache && named.StartsWith(Public, StringComparison.Ordinal)
            ? $"{cache}/{named[Public.Length..]}" : named;
        if (PrivateImage().IsMatch(image)) return image;
        fault = named.StartsWith(Public, StringComparison.Ordinal)
            ? $"SageMaker can't pull '{named}' itself: name a `stack`, through whose cache the image comes, or copy the image to ECR"
            : $"SageMaker takes images from private repositories of ECR only, so not '{named}': copy the image to ECR, and set the "
                + "target's `image` to ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG";
        return null;
    }

    private static string Domain(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";

    [GeneratedRegex(@"^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9._/-]+([:@][A-Za-z0-9._:-]+)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex PrivateImage();
}
