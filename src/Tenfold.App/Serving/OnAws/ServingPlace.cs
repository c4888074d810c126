using Tenfold.App.Infrastructure;
using Tenfold.App.Serving.Keys;
using Tenfold.Core.Requests.Remote;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.OnAws;

/// <summary>A stack of serving on AWS, opened for commands: its record of versions, its store, and its services.</summary>
public sealed class ServingPlace : IDisposable
{
    /// <summary>The word for the stack that the project's targets use, instead of a target's name.</summary>
    public const string Default = "aws";

    internal ServingPlace(Services services, ServingOutputs outputs, IStore store, string stack, AwsOptions options)
    {
        (Outputs, Store, Stack, Region) = (outputs, store, stack, options.Region!);
        Services = services.With(
            new StoreVersionLedger(store), new RemoteRequestLog(store, services.Time), new ApiKeyRecord(store, services.Time));
        Versions = new VersionServices(outputs, stack, options, services.Time);
    }

    /// <summary>The services of this home, with the record of versions, the request log and the API keys on AWS.</summary>
    public Services Services { get; }

    /// <summary>What the stack offers.</summary>
    public ServingOutputs Outputs { get; }

    /// <summary>The store of the stack.</summary>
    public IStore Store { get; }

    /// <summary>The name of the stack of serving.</summary>
    public string Stack { get; }

    /// <summary>The region.</summary>
    public string Region { get; }

    /// <summary>The services of versions.</summary>
    public VersionServices Versions { get; init; }

    /// <summary>Opens the stack of serving that a user means.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="on"><see cref="Default"/>, or a target of the project.</param>
    /// <param name="folder">The folder whose project has the targets.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The stack; or a refusal: no such target, NotFound without a usable stack of serving, or Unavailable when AWS gives no answer.
    /// </returns>
    public static async Task<Outcome<ServingPlace>> OpenAsync(
        Services services, string on, string folder, CancellationToken cancellationToken)
    {
        var meant = new StackPlace(on == Default ? null : on, null, null);
        if (!meant.Resolve(services, folder).Succeeded(out var runs, out var refusal)) return refusal;
        using (runs)
        using (var stack = runs.OpenServing())
        {
            try
            {
                var found = await stack.ReadServingAsync(cancellationToken);
                if (found.Outputs is not { } outputs) return Refusal.NotFound(found.Problem!);
                return Open(services, outputs, stack);
            }
            catch (AwsException e)
            {
                return Refusal.Unavailable(e.Message);
            }
        }
    }

    /// <summary>Opens a stack of serving.</summary>
    /// <returns>The stack; or BadInput when its store can't be opened.</returns>
    internal static Outcome<ServingPlace> Open(Services services, ServingOutputs outputs, AwsStack stack)
    {
        services.Stores.Locate(outputs.Store, stack.Region);
        return services.Stores.Open(outputs.Store).Match<Outcome<ServingPlace>>(
            store => new ServingPlace(services, outputs, store, stack.Name, new AwsOptions { Region = stack.Region }), refused => refused);
    }

    /// <inheritdoc/>
    public void Dispose() => Versions.Dispose();
}
