using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Hosting.Certificates;

/// <summary>
/// Checks the certificate of a server: it must be for the server's name, be valid now, and come from an authority of the given file, or of the system where
/// no file is given. With a file, the system's authorities are not trusted.
/// </summary>
public sealed class ServerCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection? _authorities;
    private readonly string _setting;
    private readonly string _host;
    private volatile string? _fault;

    private ServerCertificate(X509Certificate2Collection? authorities, string setting, string host) =>
        (_authorities, _setting, _host) = (authorities, setting, host);

    /// <summary>Why the last certificate was refused; null where it was accepted, or none was shown yet.</summary>
    public string? Fault => _fault;

    /// <summary>The check for a server.</summary>
    /// <param name="host">Its name or address, as configured.</param>
    /// <param name="setting">The setting that names the file of authorities.</param>
    /// <param name="file">The file, PEM; null for the system's authorities.</param>
    /// <exception cref="SettingException">The file cannot be read, or has no certificate.</exception>
    public static ServerCertificate Of(string host, string setting, string? file) =>
        new(string.IsNullOrWhiteSpace(file) ? null : Read(setting, file), setting, host);

    /// <summary>The check itself, as <see cref="SslStream"/> calls it.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _fault = certificate is null ? "shows no certificate" : Find(certificate as X509Certificate2 ?? new X509Certificate2(certificate), chain, errors);
        return _fault is null;
    }

    private string? Find(X509Certificate2 certificate, X509Chain? shown, SslPolicyErrors errors)
    {
        if (DateTime.Now is var now && (now < certificate.NotBefore || now > certificate.NotAfter))
        {
            return $"shows a certificate that is valid from {Utc(certificate.NotBefore)} to {Utc(certificate.NotAfter)}";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"shows a certificate for {Names(certificate)}, expected one for {_host}";
        }

        if (_authorities is null)
        {
            return errors == SslPolicyErrors.None
                ? null
                : $"shows a certificate of an authority that this system does not trust, {Name(certificate.IssuerName)}: its PEM file belongs into {_setting}";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var link in shown?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(link.Certificate);
        }

        return chain.Build(certificate)
            ? null
            : $"shows a certificate that no authority of {_setting} signed: its issuer is {Name(certificate.IssuerName)}"
                + $" ({string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())})";
    }

    private static X509Certificate2Collection Read(string setting, string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException($"{setting} is '{file}': expected a readable PEM file of certificates ({failure.Message.ReplaceLineEndings(" ")})");
        }

        return authorities.Count > 0 ? authorities : throw new SettingException($"{setting} is '{file}': expected a PEM file, found no certificate in it");
    }

    // The certificate is the stranger's text.
    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .Take(5).Select(Shown).ToArray();
        return names.Length > 0 ? string.Join(", ", names) : Name(certificate.SubjectName);
    }

    private static string Name(X500DistinguishedName name) => Shown(name.Name);

    private static string Shown(string text) => CallerText.Quoted(text, most: 100);

    private static string Utc(DateTime time) => $"{time.ToUniversalTime():yyyy-MM-dd HH:mm}Z";
}
