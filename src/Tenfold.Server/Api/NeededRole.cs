using Microsoft.AspNetCore.Builder;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>The role that a path needs.</summary>
/// <param name="Role">The role.</param>
internal sealed record NeededRole(ServerRole Role);

/// <summary>Names the roles of paths.</summary>
internal static class NeededRoles
{
    /// <summary>Names the role that a path needs.</summary>
    public static T Needs<T>(this T path, ServerRole role)
        where T : IEndpointConventionBuilder => path.WithMetadata(new NeededRole(role));
}
