using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Coinsphere.Messaging.Dashboard.Assets;

/// <summary>The files of the page. Each address has the digest of its content, so that browsers keep it for ever.</summary>
internal static class PageAssets
{
    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly Dictionary<string, Asset> ByName = new[]
    {
        Asset.Read("dashboard.css", "text/css; charset=utf-8"), Asset.Read("dashboard.js", "text/javascript; charset=utf-8"),
        Asset.Read("blazor.web.js", "text/javascript; charset=utf-8"), Asset.Read("icon.svg", "image/svg+xml"),
    }.ToDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of a file, relative to the page's base.</summary>
    public static string Url(string name) => ByName[name].Url;

    /// <summary>Maps the files.</summary>
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        foreach (var asset in ByName.Values)
        {
            routes.MapGet("/" + asset.Url, (HttpContext http) => SendAsync(http, asset)).ExcludeFromDescription();
        }
    }

    private static Task SendAsync(HttpContext http, Asset asset)
    {
        var isCompressed = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        var (headers, body) = (http.Response.Headers, isCompressed ? asset.Compressed.Value : asset.Content);
        (headers.ContentType, headers.CacheControl, headers.Vary) = (asset.Type, Forever, "Accept-Encoding");
        (headers.XContentTypeOptions, headers.ContentLength) = ("nosniff", body.Length);
        if (isCompressed)
        {
            headers.ContentEncoding = "gzip";
        }

        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private sealed record Asset(string Name, string Type, byte[] Content)
    {
        public string Url { get; } = $"dashboard/{Convert.ToHexStringLower(SHA256.HashData(Content))[..12]}/{Name}";

        public Lazy<byte[]> Compressed { get; } = new(() => Compress(Content));

        public static Asset Read(string name, string type)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new(name, type, content);
        }

        private static byte[] Compress(byte[] content)
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            {
                gzip.Write(content);
            }

            return compressed.ToArray();
        }
    }
}
