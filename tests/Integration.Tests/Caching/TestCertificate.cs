using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>An authority of a test's own, and a certificate for 127.0.0.1 that it signed.</summary>
internal static class TestCertificate
{
    /// <summary>As PEM: the authority, the certificate, its key.</summary>
    public static (string Authority, string Certificate, string Key) Create()
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest("CN=tests", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions
            .Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, to, Guid.NewGuid().ToByteArray());
        return (authority.ExportCertificatePem(), certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
