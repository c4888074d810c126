using Tenfold.Aws.Iam;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>
/// Batch's own role in the account. Batch makes it with the first compute environment, which then often fails, because a new role is not
/// visible everywhere at once. So it is made beforehand, and named. It costs nothing, and other users of Batch in the account share it.
/// </summary>
/// <param name="stack">The stack.</param>
internal sealed class BatchServiceRole(AwsStack stack)
{
    private const string Name = "AWSServiceRoleForBatch", Service = "batch.amazonaws.com";

    /// <summary>Finds the role.</summary>
    /// <param name="isMade">True to make the role if it is missing.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>The role's ARN; null when there is none, or when this user may not know. Batch finds the role by itself then.</returns>
    public async Task<string?> FindAsync(bool isMade, CancellationToken cancellationToken)
    {
        using var iam = new IamClient(stack.Options, stack.Time);
        try
        {
            return (await iam.GetRoleAsync(Name, cancellationToken)).Arn;
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            return isMade ? await TryMakeAsync(iam, cancellationToken) : null;
        }
        catch (AwsException e) when (e.Fault is not AwsFault.ExpiredCredentials)
        {
            return null;
        }
    }

    private static async Task<string?> TryMakeAsync(IamClient iam, CancellationToken cancellationToken)
    {
        try
        {
            return (await iam.CreateServiceLinkedRoleAsync(new(Service), cancellationToken))?.Arn;
        }
        catch (AwsException e) when (e.Fault is not AwsFault.ExpiredCredentials)
        {
            return null;
        }
    }
}
