using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tenfold.App;

namespace Tenfold.Server.Api;

/// <summary>What the API's OpenAPI document says beside its paths.</summary>
internal static class ApiDocument
{
    private const string Scheme = "key";

    /// <summary>Sets how the document is made.</summary>
    public static void Describe(OpenApiOptions options)
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith(ApiPaths.Base[1..], StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Tenfold",
                Version = "v1",
                Description = $"The API of tenfold server {Product.Version}.",
            };
            // A client's own address is the server's; behind a proxy the one that this process sees would be wrong.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "A key of `tenfold server keys add NAME --role ROLE`.",
                },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
    }
}
