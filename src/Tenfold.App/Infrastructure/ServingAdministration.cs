using System.Globalization;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;

namespace Tenfold.App.Infrastructure;

/// <summary>What serving needs on AWS, beside the stack of runs that it belongs to.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="stack">The stack of runs.</param>
public sealed class ServingAdministration(Services services, AwsStack stack)
{
    /// <summary>Completes the settings of serving: what the stack of runs has, and the program that gateways start.</summary>
    /// <param name="wanted">What the user wants.</param>
    /// <param name="isToBeApplied">True to upload the program if the bucket does not have it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The settings; or NotFound without a usable stack of runs, BadInput when it can't have serving, Unavailable when the program can't be
    /// delivered, or CannotWrite when the bucket refuses it.
    /// </returns>
    public async Task<Outcome<ServingSettings>> CompleteAsync(
        ServingWishes wanted, bool isToBeApplied, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new StackOutputsReader(stack.Name, new AwsOptions { Region = stack.Region }, services.Time);
            if (await reader.ReadAsync(cancellationToken) is not StackLookup.Ready ready)
            {
                return Refusal.NotFound(
                    $"there is no usable stack '{stack.Name}' in {stack.Region}, to which serving belongs: "
                    + "run `tenfold infra apply` first");
            }

            var settings = wanted.For(stack.Name, ready.Outputs);
            if (settings.BaseFault() is { } fault) return Refusal.BadInput(fault);
            if (!services.Stores.Open(ready.Outputs.StoreUrl).Succeeded(out var store, out var refusal)) return refusal;
            var archive = isToBeApplied
                ? await services.ServingBundle.UploadAsync(store, cancellationToken)
                : await services.ServingBundle.ArchiveOfAsync(store, cancellationToken);
            return archive.Match<Outcome<ServingSettings>>(
                found => settings with { ProgramKey = found.Key, ProgramSha256 = found.Sha256 }, refused => refused);
        }
        catch (AwsException e)
        {
            return Refusal.Unavailable(e.Message);
        }
        catch (StoreException e)
        {
            return Refusal.CannotWrite(e.Message);
        }
    }

    /// <summary>What serving costs while no request comes, with the settings that are not named as the stack has them.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ServingCosts> EstimateAsync(ServingSettings settings, CancellationToken cancellationToken)
    {
        using var serving = stack.OpenServing();
        var present = (await new StackAdministration(serving).InspectAsync(isDriftWanted: false, cancellationToken))
            .Match(report => report.Parameters, _ => new Dictionary<string, string>());
        string Value(string name, string initial) =>
            settings.Given(stack.Region).GetValueOrDefault(name) ?? present.GetValueOrDefault(name) ?? initial;
        var gateways = int.Parse(Value(nameof(ServingSettings.Gateways), "1"), NumberStyles.None, CultureInfo.InvariantCulture);
        return ServingCosts.Of(
            stack.Region, gateways, Value(nameof(ServingSettings.DatabaseClass), "db.t4g.micro"), Value("Public", "false") == "true");
    }

    /// <summary>The state of serving's stack in CloudFormation's words; null when there is none.</summary>
    public async Task<Outcome<StackReport>> InspectAsync(CancellationToken cancellationToken)
    {
        using var serving = stack.OpenServing();
        return await new StackAdministration(serving).InspectAsync(isDriftWanted: false, cancellationToken);
    }
}
