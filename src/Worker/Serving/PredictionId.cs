using System.Security.Cryptography;
using System.Text;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>The id of a prediction: a digest of everything it is computed from. Equal inputs give equal ids in every process.</summary>
internal static class PredictionId
{
    /// <summary>
    /// 32 hex digits: the first half of a SHA-256 over the question, the model, <see cref="PredictionInputs.Digest"/> and the volatility model.
    /// </summary>
    public static string Of(string question, string modelDigest, string inputsDigest, string volatilityDigest)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{question}\0{modelDigest}\0{inputsDigest}\0{volatilityDigest}"), digest);
        return Convert.ToHexStringLower(digest[..16]);
    }
}
