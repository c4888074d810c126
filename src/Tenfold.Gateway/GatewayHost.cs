using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway;

/// <summary>Composes the web server of the gateway.</summary>
public static class GatewayHost
{
    /// <summary>Makes a gateway that is not yet started.</summary>
    /// <param name="options">What it is started with.</param>
    public static WebApplication Create(GatewayOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url);
        var app = builder.Build();
        app.MapGet("/v2/health/live", () => Results.Json(new { live = true }));
        return app;
    }
}
